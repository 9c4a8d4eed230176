"""
What all tests share; the profiles are chosen before any test module is read.
"""

from __future__ import annotations

from tests import profiles

profiles.load()
