"""The console opened as the same principal: where a sign-in token is asked for, for whom there is one, and why not.

Source: IAM User Guide, "Enable custom identity broker access to the AWS console": ``getSigninToken`` takes credentials
of AssumeRole and GetFederationToken, none of GetSessionToken and no long-lived keys; the hosts of China and GovCloud
are observed in public tools. Where a partition publishes no such host there is no link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from rdpgui.core.texts import N_

ENDPOINTS: dict[str, str] = {
    "aws": "https://signin.aws.amazon.com/federation",
    "aws-cn": "https://signin.amazonaws.cn/federation",
    "aws-us-gov": "https://signin.amazonaws-us-gov.com/federation",
}
"""By partition. Of the others no endpoint is relied on."""

SAME = N_("The console opens as {principal}. A browser that is signed in to another account may ask to log out first.")
LONG_LIVED = N_(
    "The console opens as whoever the browser is signed in as: the keys in use are not those of a role, "
    "and only those of a role can be taken along."
)
BROWSER_HAS_IT = N_(
    "The console opens as whoever the browser is signed in as: with “aws login” that is where the person signed in."
)
NO_ENDPOINT = N_(
    "The console opens as whoever the browser is signed in as: this partition publishes no address for signing in."
)
REFUSED = N_(
    "The console opens as whoever the browser is signed in as: AWS gave no sign-in token for the credentials in use."
)
NO_ANSWER = N_(
    "The console opens as whoever the browser is signed in as: AWS did not answer the request for a sign-in token."
)

_ROLE = re.compile(r"arn:(?P<partition>aws[a-z-]*):sts::\d{12}:(?:assumed-role/.+/|federated-user/)[^/]+")


@dataclass(frozen=True, slots=True)
class ConsoleSignIn:
    """What was found out about signing the browser in.

    Attributes:
        principal: as whom the console opens, empty when the browser decides.
        remark: what a person is told, an English message id that may name ``principal``.
        endpoint: where the token is redeemed.
        token: a secret for a quarter of an hour: never logged, journalled or shown.
    """

    principal: str
    remark: str
    endpoint: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def url(self, destination: str) -> str:
        """Return the secret address that signs in and then goes to a page of the console; empty without a token."""
        if not self.token:
            return ""
        query = {"Action": "login", "Issuer": "rdpgui", "Destination": destination, "SigninToken": self.token}
        return f"{self.endpoint}?{urlencode(query)}"


class ConsoleSignInPort(Protocol):
    """Asks for a sign-in token, when a person asks for the console. Source: the partition's federation endpoint."""

    async def sign_in(self) -> ConsoleSignIn:
        """Return a token of the credentials in use, or why there is none. Raises nothing of ours, takes seconds."""


def plainly(remark: str) -> ConsoleSignIn:
    """Return that the browser decides who it is, and why."""
    return ConsoleSignIn("", remark)


def partition_of(arn: str) -> str:
    """Return the partition of a role's session, empty for a caller who cannot be taken along."""
    found = _ROLE.fullmatch(arn)
    return found["partition"] if found else ""
