"""What a person does so that somebody is signed in: the ways, what helps, and who is asked meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Way(StrEnum):
    """How a person signs in again from the window."""

    NONE = "none"
    SSO = "sso"
    LOGIN = "login"
    MFA = "mfa"


@dataclass(frozen=True, slots=True)
class SignInNeed:
    """What helps when nobody is signed in.

    Attributes:
        command: for a terminal, empty where there is none.
        way: how the window itself can do it.
    """

    command: str = ""
    way: Way = Way.NONE


@dataclass(frozen=True, slots=True)
class SignInStep:
    """What a person does in the browser.

    Attributes:
        code: to be compared or typed there, empty where none is asked for.
        url: the address, empty as long as it is not known. expires_at: of the code, None where none is given.
    """

    code: str = ""
    url: str = ""
    expires_at: datetime | None = None


class SignInDesk(Protocol):
    """Who is asked while somebody signs in. Where nobody can be asked, the answer is empty at once."""

    async def mfa_code(self, serial: str, problem: str) -> str:
        """Return a code of an MFA device; empty when the person gives up.

        ``problem``: why the last code did not do, an English message id; empty the first time.
        """


class NobodyAtTheDesk:
    """For a terminal: nobody is asked, least of all by a program that may be in the background."""

    async def mfa_code(self, serial: str, problem: str) -> str:
        """Return no code."""
        return ""
