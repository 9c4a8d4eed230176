"""
What official SDKs have and we knowingly have not: `absent.json`, `{sdk: {what: why}}`.

What is new in an SDK is told, and so is an entry that has become untrue.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

FILE = Path(__file__).parent / "absent.json"


def drift(sdk: str, kind: str, found: Iterable[str]) -> list[str]:
    """
    Compare what an SDK has beyond us with what is knowingly absent.

    Args:
        sdk: Its key in the file.
        kind: What is compared, the start of an entry's name: `images.edit` for `images.edit:markup`.
        found: Names, without the kind, that the installed SDK has and we have not.

    Returns:
        One line each for what is new and for what is no longer so. Empty: as the file says.
    """
    why = json.loads(FILE.read_text()).get(sdk, {})
    known = {name.partition(":")[2] for name in why if name.partition(":")[0] == kind}
    new = [f"{sdk} has {kind}:{name}, and we have not; why not?" for name in sorted({*found} - known)]
    stale = [f"absent.json says {sdk} has {kind}:{name} and we have not: untrue" for name in sorted(known - {*found})]
    return new + stale
