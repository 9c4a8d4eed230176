"""
Where a secret goes in a native request: a header and its template, or a signature by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

from imagetx.errors import Problem, RequestError


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
