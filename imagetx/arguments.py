"""
The arguments of the command line: what there is to say, and what is said wrong (exit code 2).
"""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from typing import Any, Final

from imagetx import __version__
from imagetx.policy import Policy

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_INPUT_HELP: Final = "JSON file, or - for standard input"


def parse_arguments(argv: Sequence[str] | None) -> Namespace:
    """
    Read the arguments.

    Args:
        argv: The arguments without the program's name; None takes those of the process.

    Returns:
        `command` with the options it has.

    Raises:
        SystemExit: They are wrong (2), or help was asked for (0); argparse has printed it.
    """
    parser = _parser()
    args = parser.parse_args(argv)
    if args.command == "decode" and args.set and args.source is None:
        parser.error("--set needs --from: it says more about the provider")
    if args.command == "response" and args.caller_request is not None and args.as_target is None:
        parser.error("--caller-request needs --as: it is a request of that provider")
    return args


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="imagetx", description="Translate image requests between providers.")
    parser.add_argument("--version", action="version", version=f"imagetx {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    encode = _command(commands, "encode", "say a canonical request in a provider's language")
    encode.add_argument("input", metavar="REQUEST", help=f"canonical request: {_INPUT_HELP}; images as @path, too")
    _sends(encode)

    decode = _command(commands, "decode", "read a provider's native request")
    decode.add_argument("input", metavar="NATIVE", help=f"native request: {_INPUT_HELP}")
    decode.add_argument("--from", dest="source", metavar="PROVIDER", help="whose it is; default: recognised")
    _sets(decode)
    _tells_all(decode)

    translate = _command(commands, "translate", "say a native request in another provider's language")
    translate.add_argument("input", metavar="NATIVE", help=f"native request: {_INPUT_HELP}")
    translate.add_argument("--from", dest="source", metavar="PROVIDER", required=True, help="whose it is")
    _sends(translate)

    response = _command(commands, "response", "read a provider's native response")
    response.add_argument("input", metavar="RESPONSE", help=f"native response: {_INPUT_HELP}")
    response.add_argument("--from", dest="source", metavar="TARGET", required=True, help="who answered")
    response.add_argument("--request", metavar="FILE", help="the canonical request it answers")
    response.add_argument("--as", dest="as_target", metavar="TARGET", help="give it the shape of this one's answers")
    response.add_argument("--caller-request", metavar="FILE", help="with --as: the caller's own native request")
    _sets(response)
    _tells_all(response)

    explain = _command(commands, "explain", "tell what a dialect does with every field")
    explain.add_argument("target", metavar="TARGET", help="provider/model or provider")
    explain.add_argument("--as-of", type=_date, metavar="DATE", help="judge facts on this day")
    _sets(explain)

    models = _command(commands, "models", "list models")
    models.add_argument("provider", metavar="PROVIDER", nargs="?", help="default: all")

    lint = _command(commands, "lint", "check provider specs")
    lint.add_argument("specs", metavar="SPEC", nargs="+", help="provider folder or JSON file")
    return parser


def _command(commands: Any, name: str, says: str) -> ArgumentParser:
    parser: ArgumentParser = commands.add_parser(name, help=says, description=says, allow_abbrev=False)
    return parser


def _sends(parser: ArgumentParser) -> None:
    parser.add_argument("--to", metavar="TARGET", required=True, help="provider/model or provider")
    parser.add_argument("--policy", type=_policy, default="adapt", help="adapt, strict, or FIELD=strict,...")
    parser.add_argument("--as-of", type=_date, metavar="DATE", help="judge facts on this day")
    parser.add_argument("--emulate", action="append", default=[], choices=["negative_prompt", "variation"])
    parser.add_argument("--url-as", default="b64_json", choices=["b64_json", "data_url"])
    _sets(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--curl",
        action="store_true",
        help="print a curl command, the secret as $API_KEY; binary parts go to files here",
    )
    form.add_argument("--json", action="store_true", help="print value, notes and all else as one document")


def _sets(parser: ArgumentParser) -> None:
    says = "a field of the target (model operation surface deployment auth) or a variable of its URL"
    parser.add_argument("--set", type=_setting, action="append", default=[], metavar="NAME=VALUE", help=says)


def _tells_all(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print value, notes and all else as one document")


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ArgumentTypeError(f"expected NAME=VALUE, got {text!r}")
    if name == "provider":
        raise ArgumentTypeError("expected the provider in the target, not here")
    return name, value


def _policy(text: str) -> Policy:
    pairs = [piece.partition("=") for piece in text.split(",")] if "=" in text else [("*", "=", text)]
    if not all(name and word in ("adapt", "strict") for name, _, word in pairs):
        raise ArgumentTypeError(f"expected adapt, strict, or FIELD=strict,..., got {text!r}")
    return {name: word for name, _, word in pairs} if "=" in text else text


def _date(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise ArgumentTypeError(f"expected a date like 2026-11-22, got {text!r}")
    return text
