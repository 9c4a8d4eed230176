"""A folder that is written: files by path, all of them made before the first is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from imagetx.errors import RequestError


def write_files(folder: Path, files: Mapping[str, bytes]) -> int:
    """
    Write files below a folder, which is made if it is not there; files of the same names are replaced, others stay.

    Returns:
        How many there are.

    Raises:
        RequestError: One cannot be written.
    """
    for name, content in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise RequestError(f"{name}: expected to write a file, got {error.strerror}") from None
    return len(files)
