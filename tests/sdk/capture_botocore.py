"""
Capture what botocore sends for InvokeModel, with the version that is installed: `python -m tests.sdk.capture_botocore`.

Nothing goes out: what is about to be sent is answered by a hook.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import botocore
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.session import Session

from tests.sdk import captures
from tests.sdk.bedrock_calls import CALLS

Json = Any
SDK = "botocore"
REGION = "us-west-2"


class Service:
    """A client of bedrock-runtime whose every request is kept, and answered as it is told."""

    def __init__(self, region: str = REGION, **config: Json) -> None:
        """Make the client; `config` goes to botocore's Config."""
        self.last: AWSPreparedRequest
        self.answer: tuple[int, Mapping[str, str], bytes] = (200, {"content-type": "application/json"}, b"{}")
        session = Session()
        session.set_config_variable("credentials_file", "/dev/null")
        session.set_config_variable("config_file", "/dev/null")
        self.client = session.create_client(
            "bedrock-runtime",
            region_name=region,
            aws_access_key_id="AKID",
            aws_secret_access_key=captures.SECRET,
            config=Config(retries={"total_max_attempts": 1}, **config),
        )
        self.client.meta.events.register("before-send.bedrock-runtime.*", self._send)

    def _send(self, request: AWSPreparedRequest, **_: Json) -> AWSResponse:
        self.last = request
        status, headers, content = self.answer
        return AWSResponse(request.url, status, headers, _Raw(content))


class _Raw(io.BytesIO):
    def stream(self, **_: Json) -> Iterator[bytes]:
        yield self.read()


def capture() -> Iterator[Json]:
    """Make every call, and give what was to be sent."""
    service = Service()
    for name, (passed, _) in CALLS.items():
        body = json.dumps(captures.expanded(passed["body"]))
        service.client.invoke_model(**{**passed, "body": body.encode()})
        yield {"name": name, "call": captures.readable("client.invoke_model", passed), "request": stored(service.last)}


def stored(request: AWSPreparedRequest) -> Json:
    """Give a request the form that is stored; of itself botocore says its name and version, the rest is the machine."""
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    headers["User-Agent"] = re.sub(r" .*", "", headers["User-Agent"])
    return captures.message(request.method, request.url, headers, request.body, botocore.__version__)


if __name__ == "__main__":
    entries = list(capture())
    captures.told(captures.save(SDK, botocore.__version__, entries), entries)
