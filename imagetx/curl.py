"""
A native request as a curl command for a POSIX shell, secrets as variables of the shell.
"""

from __future__ import annotations

import base64
from shlex import quote
from typing import Final

from imagetx.wire import Credential, NativeRequest

_ARGUMENT_LIMIT: Final = 100_000  # Linux takes 131,072 bytes for one argument; a pipe takes any
_SPECIAL: Final = str.maketrans({char: f"\\{char}" for char in '\\"$`'})  # within double quotes


def render_curl(native: NativeRequest) -> str:
    """
    Write the curl command that sends a request.

    Args:
        native: The request.

    Returns:
        Lines joined by backslashes. The secret is `$API_KEY`; where a request is signed, the three
        usual AWS variables. A body that is no text is piped in as base64.
    """
    headers = dict(native.headers)
    form = _form_texts(native)
    if form is not None:
        headers.pop("content-type", None)  # curl makes its own boundary
    start, body = "", [f"--form-string {quote(text)}" for text in form or ()]
    if form is None and native.body is not None:
        start, body = _content(native.content())
    options = [
        f"--request {quote(native.method)}",
        *([] if native.timeout_s is None else [f"--max-time {native.timeout_s:g}"]),
        *(f"--header {quote(f'{name}: {value}' if value else f'{name};')}" for name, value in headers.items()),
        *([] if native.credential is None else _secret(native.credential)),
        *body,
    ]
    return " \\\n  ".join([f"{start}curl {quote(native.url)}", *options])


def _form_texts(native: NativeRequest) -> list[str] | None:
    """Give a form as `name=value` texts, or None where it has a part that curl cannot take so."""
    if not isinstance(native.body, tuple):
        return None
    texts = []
    for part in native.body:
        plain = isinstance(part.data, str) and part.filename is None and part.content_type is None
        if not plain or "=" in part.name or "\0" in part.data:
            return None
        texts.append(f"{part.name}={part.data}")
    return texts if sum(map(len, texts)) < _ARGUMENT_LIMIT else None


def _content(content: bytes) -> tuple[str, list[str]]:
    """Give what stands before curl, and its option, so that a body is sent byte for byte."""
    if len(content) < _ARGUMENT_LIMIT and b"\0" not in content and b"\r" not in content:  # a terminal eats both
        try:
            return "", [f"--data-raw {quote(content.decode())}"]
        except UnicodeDecodeError:
            pass
    text = base64.b64encode(content).decode("ascii")
    return f"echo {text} | base64 --decode | ", ["--data-binary @-"]


def _secret(credential: Credential) -> list[str]:
    """Say where the secret goes, with a variable of the shell in its place."""
    if credential.scheme == "sigv4":
        scope = f'"aws:amz:{(credential.region or "").translate(_SPECIAL) or "$AWS_REGION"}:{credential.service}"'
        return [f"--aws-sigv4 {scope}", '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"']
    if credential.header is None:
        return []
    before, _, after = ("{secret}" if credential.template is None else credential.template).partition("{secret}")
    variable = "${API_KEY}" if after else "$API_KEY"
    value = f"{before.translate(_SPECIAL)}{variable}{after.translate(_SPECIAL)}"
    return [f'--header "{credential.header}: {value}"']
