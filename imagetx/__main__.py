"""
Run the command line: `python -m imagetx`.
"""

from __future__ import annotations

from imagetx.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
