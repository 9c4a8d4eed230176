"""The command `reference`: the site, Markdown, or the corpus for other languages, written to a folder."""

from __future__ import annotations

from pathlib import Path

from imagetx import __version__
from imagetx.reference.corpus import corpus, find_fixtures
from imagetx.reference.folder import write_files
from imagetx.translator import Registry


def publish(registry: Registry, folder: Path, *, form: str, fixtures: Path | None) -> tuple[int, list[str]]:
    """
    Write the reference.

    Args:
        registry: What is described; the corpus is always that of the built-in providers.
        folder: Where to; made if it is not there.
        form: `html`, `markdown` or `json`.
        fixtures: Folder of the vectors for `json`; None takes the one beside the package, if there is one.

    Returns:
        How many files were written, and what a caller should hear of.

    Raises:
        RequestError: Jinja2 is not installed, or the folder cannot be written.
        SpecError: The folder of the vectors is none.
    """
    if form == "html":
        from imagetx.reference.site import write_site

        return write_site(registry, folder), []
    if form == "markdown":
        from imagetx.reference.markdown import markdown
        from imagetx.reference.pages import documents

        return write_files(folder, markdown(documents(registry))), []
    vectors = find_fixtures() if fixtures is None else fixtures
    missing = "the corpus has no vectors: they are not part of an installed package; --fixtures names their folder"
    return write_files(folder, corpus(__version__, vectors)), [] if vectors is not None else [missing]
