"""
What the command line reads and prints: files or `-`, JSON on stdout, all else one a line on stderr.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from imagetx.errors import ImagetxError, Json, RequestError, WireError, one_line
from imagetx.jsontext import parse_json
from imagetx.notes import Note

# --- in ---------------------------------------------------------------------------------------


def shown_name(name: str) -> str:
    """Say what is read, in a message."""
    return "standard input" if name == "-" else one_line(name)


def read_bytes(name: str) -> bytes:
    """
    Read a file or, by the name `-`, standard input.

    Raises:
        RequestError: There is no such file; the message names it.
    """
    shown = shown_name(name)
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise RequestError(f"{shown}: expected a file to read, got {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise RequestError(f"{shown}: expected the name of a file") from None


def read_json(name: str) -> Json:
    """
    Read a JSON document from a file or, by the name `-`, from standard input.

    Raises:
        ImagetxError: There is no such file, or it is not JSON; the message names it.
    """
    return parse_file(read_bytes(name), name)


def parse_file(content: bytes, name: str) -> Json:
    """
    Parse what stands in a file.

    Raises:
        WireError: It is not JSON; the message names the file.
    """
    shown = shown_name(name)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        found = f"byte 0x{content[error.start]:02x} at {error.start}"
        raise WireError(f"{shown}: expected JSON in UTF-8, got {found}") from None
    if not content.strip():
        raise WireError(f"{shown}: expected JSON, got nothing")
    try:
        return parse_json(content)
    except WireError as error:
        raise named(error, name) from None


def named(error: ImagetxError, name: str) -> ImagetxError:
    """Say in an error which file it is about."""
    faults = (replace(problem, message=f"{shown_name(name)}: {problem.message}") for problem in error.problems)
    return type(error)(faults)


# --- out --------------------------------------------------------------------------------------


def write_file(name: str, content: bytes) -> None:
    """
    Write a file that a printed command reads; it is named by its content, so one that stands there is it.

    Raises:
        RequestError: It cannot be written.
    """
    try:
        Path(name).write_bytes(content)
    except OSError as error:
        raise RequestError(f"{name}: expected to write a file beside the command, got {error.strerror}") from None


def print_json(value: Json, notes: Iterable[Note] = ()) -> int:
    """Print a document on stdout and notes on stderr; give the exit code of success."""
    return print_text(json.dumps(value, indent=2, ensure_ascii=False), notes)


def print_text(text: str, notes: Iterable[Note] = ()) -> int:
    """Print text on stdout and notes on stderr; give the exit code of success."""
    # UTF-8 whatever the locale; half a character becomes the escape that JSON has for it
    sys.stdout.buffer.write(f"{text}\n".encode(errors="backslashreplace"))
    sys.stdout.buffer.flush()
    complain(notes)
    return 0


def complain(lines: Iterable[object]) -> None:
    """Print on stderr, one a line."""
    for line in lines:
        print(line, file=sys.stderr)


def quiet() -> None:
    """Lead both streams nowhere, so that the interpreter's last flush finds no broken pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            os.dup2(nowhere, stream.fileno())
