"""
The arguments of the command line: what there is to say, and what is said wrong (exit code 2).
"""

from __future__ import annotations

import re
from argparse import Action, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from imagetx import __version__
from imagetx.policy import Policy
from imagetx.target import Target, parse_target
from imagetx.words import CATEGORIES

_TARGET_FIELDS: Final = ("model", "operation", "surface", "deployment", "auth")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_INPUT_HELP: Final = "JSON file, or - for standard input"
_RESPONSE_HELP: Final = "file, or - for standard input, as JSON or as curl --include prints it"


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
    if args.command == "reference" and args.fixtures is not None and args.format != "json":
        parser.error("--fixtures needs --format json: only that has vectors")
    if args.command == "feed":
        if (args.response is None) == (args.fail is None):
            parser.error("expected either RESPONSE or --fail CATEGORY")
        if args.input == "-" and args.response == "-":
            parser.error("STATE and RESPONSE cannot both be standard input")
    return args


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="imagetx", description="Translate image requests between providers.")
    parser.add_argument("--version", action="version", version=f"imagetx {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _translating(commands)
    _planning(commands)
    _judging(commands)
    _telling(commands)
    return parser


def _translating(commands: Any) -> None:
    """Add the commands that say and read messages."""
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
    response.add_argument("input", metavar="RESPONSE", help=f"native response: {_RESPONSE_HELP}")
    response.add_argument("--from", dest="source", metavar="TARGET", required=True, help="who answered")
    response.add_argument("--request", metavar="FILE", help="the canonical request it answers")
    response.add_argument("--as", dest="as_target", metavar="TARGET", help="give it the shape of this one's answers")
    response.add_argument("--caller-request", metavar="FILE", help="with --as: the caller's own native request")
    _sets(response)
    _tells_all(response)


def _planning(commands: Any) -> None:
    """Add the commands of what takes several messages."""
    plan = _command(commands, "plan", "list the requests that a canonical request takes, and what comes after them")
    plan.add_argument("input", metavar="REQUEST", help=f"canonical request: {_INPUT_HELP}; images as @path, too")
    _asks(plan)
    _steps(plan)

    feed = _command(commands, "feed", "go on with a plan: what is to be sent after an answer, or the result")
    feed.add_argument("input", metavar="STATE", help=f"what plan or feed printed, or its state: {_INPUT_HELP}")
    feed.add_argument("response", metavar="RESPONSE", nargs="?", help=f"the answer: {_RESPONSE_HELP}")
    feed.add_argument("--branch", metavar="NAME", help="whose answer it is; default: the only one that waits")
    feed.add_argument("--fail", choices=CATEGORIES, metavar="CATEGORY", help="no answer came: timeout, for one")
    _steps(feed)


def _judging(commands: Any) -> None:
    """Add the commands that ask what would become of a request."""
    check = _command(commands, "check", "tell what plan would do with a canonical request, or why it is refused")
    check.add_argument("input", metavar="REQUEST", help=f"canonical request: {_INPUT_HELP}; images as @path, too")
    _asks(check)
    check.add_argument("--json", action="store_true", help="print notes and problems too, as one document")

    rank = _command(commands, "rank", "order targets by how well they can serve a canonical request")
    rank.add_argument("input", metavar="REQUEST", help=f"canonical request: {_INPUT_HELP}; images as @path, too")
    says = "provider/model or provider; give it once for each target"
    rank.add_argument("--to", action=_To, dest="targets", metavar="TARGET", required=True, help=says)
    rank.add_argument(
        "--set", action=_SetOfLast, type=_setting, metavar="NAME=VALUE", help="as for encode, of the --to before it"
    )
    says = "how much losses at a canonical field count; 1 if not given"
    rank.add_argument("--weight", type=_weight, action="append", default=[], metavar="FIELD=NUMBER", help=says)
    _judges(rank)
    rank.add_argument("--json", action="store_true", help="print notes and problems too, as one document")


def _telling(commands: Any) -> None:
    """Add the commands that tell what the specs say."""
    capabilities = _command(commands, "capabilities", "tell what a target can do, field by field")
    capabilities.add_argument("target", metavar="TARGET", help="provider/model or provider")
    _sets(capabilities)

    explain = _command(commands, "explain", "tell what a dialect does with every field")
    explain.add_argument("target", metavar="TARGET", help="provider/model or provider")
    explain.add_argument("--as-of", type=_date, metavar="DATE", help="judge facts on this day")
    _sets(explain)

    models = _command(commands, "models", "list models")
    models.add_argument("provider", metavar="PROVIDER", nargs="?", help="default: all")

    lint = _command(commands, "lint", "check provider specs")
    lint.add_argument("specs", metavar="SPEC", nargs="+", help="provider folder or JSON file")
    lint.add_argument("--strict", action="store_true", help="demand what a built-in owes: every field decided")

    reference = _command(commands, "reference", "write what every dialect makes of every field, as pages or as data")
    reference.add_argument("folder", metavar="OUT", help="folder; made if it is not there")
    forms = "html, a site of files (default); markdown; json, specs and vectors for other languages, with a guide"
    reference.add_argument("--format", choices=["html", "markdown", "json"], default="html", help=forms)
    fixtures = "with json: folder of the vectors; default: the one beside the package, where there is one"
    reference.add_argument("--fixtures", metavar="DIR", help=fixtures)


def _command(commands: Any, name: str, says: str) -> ArgumentParser:
    parser: ArgumentParser = commands.add_parser(name, help=says, description=says, allow_abbrev=False)
    return parser


def _asks(parser: ArgumentParser) -> None:
    parser.add_argument("--to", metavar="TARGET", required=True, help="provider/model or provider")
    _judges(parser)
    _sets(parser)


def _judges(parser: ArgumentParser) -> None:
    parser.add_argument("--policy", type=_policy, default="adapt", help="adapt, strict, or FIELD=strict,...")
    parser.add_argument("--as-of", type=_date, metavar="DATE", help="judge facts on this day")
    parser.add_argument("--emulate", action="append", default=[], choices=["negative_prompt", "variation"])
    parser.add_argument("--url-as", default="b64_json", choices=["b64_json", "data_url"])


def _sends(parser: ArgumentParser) -> None:
    _asks(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--curl",
        action="store_true",
        help="print a curl command, the secret as $API_KEY; binary parts go to files here",
    )
    form.add_argument("--json", action="store_true", help="print value, notes and all else as one document")


def _steps(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--curl",
        action="store_true",
        help="with each step a curl command, the secret as $API_KEY; binary parts go to files here",
    )
    parser.add_argument("--json", action="store_true", help="with each step all else; notes only in the document")


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


def _weight(text: str) -> tuple[str, int | float]:
    name, equals, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        equals = ""
    if not name or not equals:
        raise ArgumentTypeError(f"expected FIELD=NUMBER, got {text!r}")
    return name, int(value) if value.is_integer() else value


class _To(Action):
    """Keep the targets in their order, each with the settings that follow it."""

    def __call__(self, parser: Any, namespace: Namespace, values: Any, option_string: str | None = None) -> None:
        """Add a target."""
        namespace.targets = [*(namespace.targets or []), (values, [])]


class _SetOfLast(Action):
    """Give a setting to the target before it: each has variables of its own."""

    def __call__(self, parser: ArgumentParser, namespace: Namespace, values: Any, option_string: Any = None) -> None:
        """Add a setting."""
        if not namespace.targets:
            parser.error("--set needs the --to that it is of before it")
        namespace.targets[-1][1].append(values)


def target_of(text: str, settings: Iterable[tuple[str, str]]) -> Target:
    """
    Give the target that an argument means, with what was set of it: fields of the target, and variables.

    Raises:
        ResolveError: The text names no provider.
    """
    target = parse_target(text)
    fields: dict[str, Any] = {name: value for name, value in settings if name in _TARGET_FIELDS}
    variables = {name: value for name, value in settings if name not in _TARGET_FIELDS}
    return replace(target, **fields, variables=variables)


def options_of(args: Namespace) -> dict[str, Any]:
    """Give the options of an encode that the arguments say."""
    return {name: getattr(args, name) for name in ("policy", "as_of", "emulate", "url_as")}


def _policy(text: str) -> Policy:
    pairs = [piece.partition("=") for piece in text.split(",")] if "=" in text else [("*", "=", text)]
    if not all(name and word in ("adapt", "strict") for name, _, word in pairs):
        raise ArgumentTypeError(f"expected adapt, strict, or FIELD=strict,..., got {text!r}")
    return {name: word for name, _, word in pairs} if "=" in text else text


def _date(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise ArgumentTypeError(f"expected a date like 2026-11-22, got {text!r}")
    return text
