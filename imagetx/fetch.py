"""
Fetches: one image behind a URL, asked for without a credential, and checked when it comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

from imagetx.address import is_followed
from imagetx.ceilings import DEFAULT
from imagetx.derived import complete_error
from imagetx.document import Json
from imagetx.errors import Problem, RequestError, bounded_repr, one_line, shorten
from imagetx.headers import media_type
from imagetx.image import sniff_mime
from imagetx.retry import read_retry
from imagetx.source import FETCH_FIRST
from imagetx.wire import NativeRequest, NativeResponse
from imagetx.words import CATEGORIES, category_of_status

_MOST_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_UNTYPED: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Fetch:
    """
    An image to be fetched.

    Attributes:
        url: Where it is.
        redirects: How often another place was named.
        image: What came.
        mime_type: Its media type.
        fault: The canonical error, if it cannot be had.
    """

    url: str
    redirects: int = 0
    image: bytes | None = None
    mime_type: str | None = None
    fault: Mapping[str, Json] | None = None

    def __repr__(self) -> str:
        """Give at most 500 characters, the image by its size."""
        names = ("url", "redirects", "image", "mime_type", "fault")
        return bounded_repr("Fetch", ((name, getattr(self, name)) for name in names))

    @property
    def done(self) -> bool:
        """Say whether it is over."""
        return self.image is not None or self.fault is not None

    def request(self) -> NativeRequest:
        """Give the request: the URL alone, for whoever is there is a stranger."""
        return NativeRequest("GET", self.url)

    def received(self, native: NativeResponse, start: str, most: int = DEFAULT.fetched_bytes) -> Fetch:
        """
        Take an answer.

        Args:
            native: What came.
            start: Where the target itself is; see `imagetx.address.is_followed`.
            most: How many bytes are taken.
        """
        if native.status in _REDIRECTS:
            return self._redirected(native.headers.get("location", ""), start)
        if native.status != 200:
            category = category_of_status(native.status)
            if not CATEGORIES[category].retryable:
                category = "invalid_request"  # what a stranger forbids is no matter of the caller's key
            message = f"expected the image, got status {native.status}"
            return self.failed(category, message, retry_after_s=read_retry(native.headers))
        try:
            content, stated = native.content(), media_type(native.headers)
        except RequestError as error:  # a parsed body that has no bytes: no image either
            return self.failed("invalid_request", str(error.problems[0]))
        if len(content) > most:
            return self.failed("invalid_request", f"expected at most {most} bytes, got {len(content)}")
        found = sniff_mime(content)
        if len(content) == 0 or not (stated in _UNTYPED or stated.startswith("image/")):
            what = "nothing" if len(content) == 0 else stated
            return self.failed("invalid_request", f"expected an image, got {what}")
        if found is None:
            return self.failed("invalid_request", "expected an image, got what does not begin like one")
        return replace(self, image=content, mime_type=found)

    def _redirected(self, location: str, start: str) -> Fetch:
        """Go where the answer says that the image is, if one may go there."""
        try:
            url = urljoin(self.url, location)
        except ValueError:
            url = ""
        if location == "" or not is_followed(url, start):
            return self.failed("invalid_request", f"expected a redirect to a public address, got {shorten(location)}")
        if self.redirects == _MOST_REDIRECTS:
            return self.failed("invalid_request", f"expected at most {_MOST_REDIRECTS} redirects, got another")
        return replace(self, url=url, redirects=self.redirects + 1)

    def failed(self, category: str, message: str, *, retry_after_s: float | None = None) -> Fetch:
        """Give up."""
        said = {"category": category, "error": {"message": f"{one_line(message)} at {shorten(self.url)}"}}
        when = {} if retry_after_s is None else {"retry_after_s": retry_after_s}
        return replace(self, fault=complete_error({**said, **when}))


# --- the images of a request ------------------------------------------------------------------


def wanted(error: RequestError, request: Mapping[str, Json], start: str) -> dict[str, Fetch]:
    """
    List the input images that must be fetched before a request can be said.

    Args:
        error: Why it cannot be said.
        request: The canonical request.
        start: Where the target itself is.

    Returns:
        Fetches by `image/N` and `mask`.

    Raises:
        RequestError: Something else is wrong with it, or an image is where nobody goes.
    """
    found: dict[str, Fetch] = {}
    others = []
    for problem in error.problems:
        name = "image/0" if problem.pointer == "/image" else problem.pointer[1:]
        url = _reference(request, name) if problem.expected == FETCH_FIRST else None
        if url is None:
            others.append(problem)
        elif not is_followed(url, start):
            message = f"expected the image as bytes or at a public http(s) address, got {shorten(url)}"
            others.append(Problem(pointer=problem.pointer, message=message, given=url))
        else:
            found[name] = Fetch(url=url)
    if others:
        raise RequestError(others) from None  # they are those of `error`, and perhaps one more
    return found


def with_images(request: Mapping[str, Json], inputs: Mapping[str, Fetch]) -> Mapping[str, Json]:
    """Put the images that came in the place of their URLs."""
    images = {name: fetch.image for name, fetch in inputs.items() if fetch.image is not None}
    if not images:
        return request
    whole = dict(request)
    given = request.get("image")
    if isinstance(given, list):
        whole["image"] = [images.get(f"image/{index}", item) for index, item in enumerate(given)]
    else:
        whole["image"] = images.get("image/0", given)
    if "mask" in images:
        mask = request["mask"]
        edits = {"edits": mask["edits"]} if isinstance(mask, dict) and "edits" in mask else {}
        whole["mask"] = {"image": images["mask"], **edits} if edits else images["mask"]
    return whole


def _reference(request: Mapping[str, Json], name: str) -> str | None:
    """Return the http(s) URL of an input image; None for any other source."""
    field, _, index = name.partition("/")
    value = request.get(field)
    if isinstance(value, list):
        value = value[int(index)]
    if isinstance(value, dict) and "edits" in value:
        value = value.get("image")
    if isinstance(value, dict):
        value = value.get("image_url")
    return value if isinstance(value, str) and value[:8].lower().startswith(("http://", "https://")) else None
