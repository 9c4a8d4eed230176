"""
Where a secret goes in a native request: a header and its template, or a signature by the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from imagetx.errors import Problem, RequestError

# AWS Signature V4, "Add the signature to the Authorization header": access key/date/region/service/aws4_request
_SCOPE: Final = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=[^/\s,]+/[0-9]{8}/([a-z0-9-]{1,63})/([a-z0-9-]{1,63})/aws4_request(?![^\s,])"
)


@dataclass(frozen=True, slots=True)
class Credential:
    """
    Say where a secret goes; never hold one.

    Attributes:
        scheme: `bearer`, `api_key`, `sigv4` or another name of the provider's way.
        header: lower-case name of the header it goes into; None for sigv4.
        template: the header's value, `{secret}` standing for the secret; None is the secret alone.
        service: AWS service to sign for, sigv4 only.
        region: AWS region to sign for, sigv4 only.
    """

    scheme: str
    header: str | None = None
    template: str | None = None
    service: str | None = None
    region: str | None = None

    def headers(self, secret: str) -> dict[str, str]:
        """
        Make the headers that carry a secret.

        Args:
            secret: the API key or token; not kept.

        Returns:
            One header, or none where the scheme needs none.

        Raises:
            RequestError: The caller has to sign (sigv4), or the secret cannot stand in a header.
        """
        if self.scheme == "sigv4":
            scope = f"service {self.service}, region {self.region}"
            message = f"expected the caller to sign the request with AWS Signature V4 ({scope})"
            raise RequestError(message)
        if self.header is None:
            return {}
        if not isinstance(secret, str) or not secret.isascii() or not secret.isprintable():
            message = "expected a secret of printable ASCII characters"  # and never the secret
            raise RequestError(Problem(pointer="/headers/" + self.header, message=message))
        template = "{secret}" if self.template is None else self.template
        return {self.header: template.replace("{secret}", secret)}


def signed_region(authorization: str, service: str) -> str | None:
    """Read the region that a SigV4 signature names, or return None for anything else, another service included."""
    found = _SCOPE.match(authorization)
    return found[1] if found is not None and found[2] == service else None
