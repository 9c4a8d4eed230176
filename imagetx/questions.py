"""
The commands that ask: what would become of a request, what a target can do, what the specs say.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace

from imagetx import api, api_questions
from imagetx.arguments import options_of, target_of
from imagetx.attached import with_files
from imagetx.canonical import document
from imagetx.catalog import Catalog
from imagetx.errors import ImagetxError, Json, Problem, SpecError
from imagetx.newcomer import read_spec
from imagetx.terminal import complain, print_json, print_text, read_json


def check(args: Namespace) -> int:
    """Tell what plan would do: the calls and steps, notes on stderr; 1 where it is refused, with the problems."""
    verdict = api_questions.check(with_files(read_json(args.input)), target_of(args.to, args.set), **options_of(args))
    complain(verdict.problems)
    if args.json:
        print_json(verdict.to_json())
    elif not verdict.refused:
        print_json({"calls": verdict.calls, "steps": verdict.steps}, verdict.notes)
    return 1 if verdict.refused else 0


def rank(args: Namespace) -> int:
    """Order targets: their scores, notes and problems on stderr; 1 where all refuse."""
    targets = [target_of(text, settings) if settings else text for text, settings in args.targets]
    request = with_files(read_json(args.input))
    ranked = api_questions.rank(request, targets, weights=dict(args.weight), **options_of(args))
    documents = [each.to_json() for each in ranked]
    if args.json:
        print_json(documents)
    else:
        print_json([{name: each[name] for name in ("target", "score")} for each in documents])
        for each in ranked:
            name = each.target if isinstance(each.target, str) else f"{each.target.provider}/{each.target.model}"
            complain(f"{name}: {said}" for said in (*each.notes, *each.problems))
    return 0 if any(each.score is not None for each in ranked) else 1


def capabilities(args: Namespace) -> int:
    """Tell what a target can do."""
    return print_json(document(api_questions.capabilities(target_of(args.target, args.set))))


def explain(args: Namespace) -> int:
    """Tell what a dialect does with every field."""
    return print_json(api_questions.explain(target_of(args.target, args.set), as_of=args.as_of))


def models(args: Namespace) -> int:
    """List models."""
    return print_json(api_questions.models(args.provider))


def lint(args: Namespace) -> int:
    """Check specs one after the other, each of which a later one may extend; strictly, for what a built-in owes."""
    code, known = 0, api.registry()
    for spec in args.specs:
        try:
            known = known.with_provider(spec)
            says = read_spec(spec)
            if args.strict:
                _check_owed(known.catalog, says["provider"]["provider"])
        except ImagetxError as error:
            code = 1
            complain(f"{spec}: {problem}" for problem in error.problems)
        else:
            name, models = says["provider"]["provider"], says["provider"]["models"]
            print_text(f"ok {name}: {_counted(says['dialects'], 'dialect')}, {_counted(models, 'model')}")
    return code


def _check_owed(catalog: Catalog, name: str) -> None:
    """
    Check what a built-in spec owes and a caller's need not: that every form decides on every canonical field.

    Raises:
        SpecError: With what is missing, of every dialect and family.
    """
    strict = Catalog({**catalog.providers, name: replace(catalog.providers[name], strict=True)})
    problems: list[Problem] = []
    for family, says in strict.providers[name].families.items():
        for dialect in says["dialects"]:
            try:
                strict.dialect(name, dialect, family)
            except SpecError as error:
                problems += error.problems
    if problems:
        raise SpecError(problems)


def _counted(things: Sequence[Json], noun: str) -> str:
    return f"{len(things)} {noun}" + ("" if len(things) == 1 else "s")
