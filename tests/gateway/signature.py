"""
AWS Signature Version 4, recomputed by botocore over what came, from the fake secret.

Source: dossier bedrock.md 1.1 and 1.4 (signing name bedrock, region of the endpoint, header auth, payload hash of
the exact bytes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.gateway.call import Call

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[a-z0-9-]+)/(?P<service>[a-z-]+)"
    r"/aws4_request, "
    r"SignedHeaders=(?P<signed>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)
_SKEW = timedelta(minutes=15)


def faults(call: Call, secret: str, region: str) -> Iterator[str]:
    """
    Find what is wrong with the signature of a message to Bedrock.

    Args:
        call: What came.
        secret: `ACCESS:SECRET`.
        region: The region of the endpoint.
    """
    found = _AUTHORIZATION.fullmatch(call.header("authorization") or "")
    when = call.header("x-amz-date") or ""
    if found is None or not re.fullmatch(r"\d{8}T\d{6}Z", when):
        yield f"no signature: authorization {call.header('authorization')!r}, x-amz-date {when!r}"
        return
    access, _, key = secret.partition(":")
    scope = (found["key"], found["day"], found["region"], found["service"])
    if scope != (access, when[:8], region, "bedrock"):
        yield f"signed for {scope}, not for {(access, when[:8], region, 'bedrock')}"
    moment = datetime.strptime(when, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if abs(datetime.now(UTC) - moment) > _SKEW:
        yield f"RequestExpired: {when}"
    signed = found["signed"].split(";")
    needed = {"host", *(name for name in call.headers if name.startswith("x-amz"))}
    if not needed <= set(signed) <= call.headers.keys():
        yield f"signs {signed}, must sign {sorted(needed)}"
        return
    if _signature(call, signed, when, Credentials(access, key), region) != found["signature"]:
        yield "InvalidSignatureException: the signature is not of these bytes, headers and path"


def _signature(call: Call, signed: list[str], when: str, credentials: Credentials, region: str) -> str:
    """Sign what came, as it came: the path on the wire is encoded once more (bedrock.md 1.1)."""
    query = "&".join(f"{key}={value}" for key, value in call.query)
    headers = {name: call.headers[name][0] for name in signed}
    request = AWSRequest(call.method, call.url + ("?" + query if query else ""), headers, call.content)
    request.context["timestamp"] = when
    signer = SigV4Auth(credentials, "bedrock", region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return str(signer.signature(text, request))
