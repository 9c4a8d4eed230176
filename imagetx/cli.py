"""
The command line: reads a file or `-`, prints JSON, notes one a line on stderr.

Exit 0: done. 1: refused, the problems one a line on stderr. 2: the command line itself is wrong.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final

from imagetx import api, questions
from imagetx.arguments import options_of, parse_arguments, target_of
from imagetx.attached import with_files, with_native_files
from imagetx.canonical import document
from imagetx.curl import Command, read_curl, render_curl
from imagetx.errors import ImagetxError, Json, RequestError, WireError, shorten
from imagetx.exchange import Exchange
from imagetx.formdata import as_text
from imagetx.notes import Note
from imagetx.pending import Pending
from imagetx.step import Step
from imagetx.target import parse_target
from imagetx.terminal import (
    complain,
    named,
    parse_file,
    print_json,
    print_text,
    quiet,
    read_bytes,
    read_json,
    write_file,
)
from imagetx.translation import Translation
from imagetx.wire import NativeRequest, NativeResponse


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run a command.

    Args:
        argv: The arguments without the program's name; None takes those of the process.

    Returns:
        The exit code: 0 done, 1 refused, 2 usage.
    """
    try:
        args = parse_arguments(argv)
    except SystemExit as stop:  # argparse has printed its help or what is wrong
        return stop.code if isinstance(stop.code, int) else 2
    try:
        code = _COMMANDS[args.command](args)
    except ImagetxError as error:
        code = 1
        complain(error.problems)
    except BrokenPipeError:  # who reads us has seen enough
        code = 0
        quiet()
    except OSError as error:
        code = 1
        complain([f"expected to write the result, got {error.strerror}"])
        quiet()
    return code


# --- commands ---------------------------------------------------------------------------------


def _encode(args: Namespace) -> int:
    request = with_files(read_json(args.input))
    return _sent(args, api.encode_request(request, target_of(args.to, args.set), **options_of(args)))


def _translate(args: Namespace) -> int:
    native = NativeRequest.from_json(with_native_files(read_json(args.input)))
    source = parse_target(args.source)
    return _sent(args, api.translate_request(native, source, target_of(args.to, args.set), **options_of(args)))


def _sent(args: Namespace, out: Translation[NativeRequest]) -> int:
    """Print a request that is to be sent."""
    if args.curl:
        return print_text(_with_its_files(render_curl(out.value)), out.notes)
    if not args.json:
        return print_json(out.value.to_json(), out.notes)
    return print_json({**_everything(out, out.value.to_json()), **_aside(out.value)})


def _plan(args: Namespace) -> int:
    request = with_files(read_json(args.input))
    exchange = api.plan(request, target_of(args.to, args.set), **options_of(args))
    return _continued(args, exchange, exchange.notes)


def _feed(args: Namespace) -> int:
    before = _exchange(args.input)
    branch = _waiting(before) if args.branch is None else args.branch
    after = before.feed(branch, _answer(args.response)) if args.fail is None else before.fail(branch, args.fail)
    notes = after.notes[len(before.notes) :] if after.result is None else after.result.notes
    return _continued(args, after, notes)


def _continued(args: Namespace, exchange: Exchange, notes: Iterable[Note]) -> int:
    """Print what is to be sent now, or the result, and what goes on with it."""
    result = exchange.result
    said = {
        "steps": [_step(args, step) for step in exchange.pending],
        "result": None if result is None else _everything(result, as_text(document(result.value))),
        "state": exchange.to_json(),
    }
    return print_json(said, () if args.json else notes)


def _step(args: Namespace, step: Step) -> dict[str, Json]:
    aside = _aside(step.request) if args.json else {}
    command = {"curl": _with_its_files(render_curl(step.request, include=True))} if args.curl else {}
    return {**step.to_json(), **aside, **command}


def _decode(args: Namespace) -> int:
    native = NativeRequest.from_json(with_native_files(read_json(args.input)))
    source = None if args.source is None else target_of(args.source, args.set)
    return _read_back(args, api.decode_request(native, source))


def _response(args: Namespace) -> int:
    native = _answer(args.input)
    request = None if args.request is None else read_json(args.request)
    if request is not None and not isinstance(request, dict):
        raise RequestError(f"{args.request}: expected a canonical request, got {shorten(request)}")
    source = target_of(args.source, args.set)
    if args.as_target is None:
        return _read_back(args, api.decode_response(native, source, request=request))
    asked = None if args.caller_request is None else NativeRequest.from_json(read_json(args.caller_request))
    answered = api.translate_response(native, source, args.as_target, request=request, caller_request=asked)
    value = answered.value.to_json()
    return print_json(_everything(answered, value)) if args.json else print_json(value, answered.notes)


def _read_back(args: Namespace, out: Translation[Any]) -> int:
    """Print a canonical document that was read."""
    value = out.value.to_json() if isinstance(out.value, Pending) else as_text(document(out.value))
    return print_json(_everything(out, value)) if args.json else print_json(value, out.notes)


_COMMANDS: Final[dict[str, Callable[[Namespace], int]]] = {
    "encode": _encode,
    "decode": _decode,
    "translate": _translate,
    "response": _response,
    "plan": _plan,
    "feed": _feed,
    "check": questions.check,
    "rank": questions.rank,
    "capabilities": questions.capabilities,
    "explain": questions.explain,
    "models": questions.models,
    "lint": questions.lint,
}


# --- what goes in -----------------------------------------------------------------------------


def _answer(name: str) -> NativeResponse:
    """
    Read a response from a file: its JSON form, or what curl prints.

    Raises:
        ImagetxError: There is no such file, or it is neither; the message names it.
    """
    content = read_bytes(name)
    printed = content.startswith(b"HTTP/")
    document = None if printed else parse_file(content, name)
    try:
        return read_curl(content) if printed else NativeResponse.from_json(document)
    except WireError as error:
        raise named(error, name) from None


def _exchange(name: str) -> Exchange:
    """
    Read a state, or the document around it that plan and feed print.

    Raises:
        ImagetxError: There is no such file, or it is neither; the message names it.
    """
    said = read_json(name)
    if isinstance(said, dict) and "exchange" not in said and "state" in said:
        said = said["state"]
    try:
        return api.registry().resume(said)
    except ImagetxError as error:
        raise named(error, name) from None


def _waiting(exchange: Exchange) -> str:
    """
    Name the branch that waits.

    Raises:
        RequestError: There is none, or more than one.
    """
    names = [step.branch for step in exchange.pending]
    if len(names) == 1:
        return names[0]
    if not names:
        raise RequestError("expected an exchange that waits for an answer, got one that is over")
    raise RequestError(f"expected --branch with one of those that wait: {', '.join(names)}")


# --- what comes out ---------------------------------------------------------------------------


def _everything(out: Translation[Any], value: Json) -> dict[str, Json]:
    """Give a translation as one document."""
    return {
        "value": value,
        "notes": [note.to_json() for note in out.notes],
        "lossless": out.lossless,
        "target": _said(asdict(out.target)),
        "dialect": out.dialect,
        "model": out.model,
        "verified": out.verified,
    }


def _aside(native: NativeRequest) -> dict[str, Json]:
    """Give what is known of a request and is no part of the message."""
    credential = None if native.credential is None else _said(asdict(native.credential))
    return {"credential": credential, "timeout_s": native.timeout_s}


def _with_its_files(command: Command) -> str:
    """Write the files that a command reads; give its text."""
    for name, content in command.files.items():
        write_file(name, content)
    return command.text


def _said(members: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in members.items() if value is not None}
