"""Why nobody is signed in, one sentence for each cause: it names the profile and what helps.

Source: botocore's exceptions, each seen in the place where it is raised; AWS CLI for the commands.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rdpgui.aws.denials import parse_denial
from rdpgui.aws.errors import one_line, translate
from rdpgui.core.access import CredentialKind
from rdpgui.core.errors import AccessDenied, AwsError, CredentialsExpired, RdpguiError
from rdpgui.core.sign_in import SignInNeed, Way

WRONG_CODE = "invalid MFA one time pass code"
"""Part of what STS says to a wrong code; a code works once."""

SESSION_ENDED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
"""What services say to credentials that were good and have ended."""

_SSO = frozenset(
    {"SSOTokenLoadError", "UnauthorizedSSOTokenError", "TokenRetrievalError", "SSOError", "NoAuthTokenError"}
)
_LOGIN = frozenset({"LoginTokenLoadError", "LoginRefreshRequired", "LoginError"})
_SET_UP = frozenset({"PartialCredentialsError", "InvalidConfigError", "InfiniteLoopConfigError", "ValueError"})
_RUN = "Run `{command}` in a terminal, then press Retry."
_RUN_OR_HERE = "Sign in here, or run `{command}` in a terminal and press Retry."


@dataclass(frozen=True, slots=True)
class Who:
    """Whose sign-in it is about.

    Attributes:
        profile: as shown; ``default`` where none is named.
        signer: the profile at the end of the chain of source profiles: its sign-in is what ends.
        kind: of the profile's credentials. signer_kind: of the signer's.
        known: names of the profiles there are.
    """

    profile: str
    signer: str
    kind: CredentialKind
    signer_kind: CredentialKind
    known: tuple[str, ...] = ()

    @property
    def login_command(self) -> str:
        """Return what signs in again in a terminal, empty where nothing does."""
        name = shlex.quote(self.signer)
        match self.signer_kind:
            case CredentialKind.SSO:
                return f"aws sso login --profile {name}"
            case CredentialKind.LOGIN:
                return f"aws login --profile {name}"
            case CredentialKind.STATIC:
                return f"aws configure --profile {name}"
            case CredentialKind.NOTHING:
                return f"aws configure sso --profile {name}"
            case _:
                return ""

    @property
    def way(self) -> Way:
        """Return how the window itself can sign in."""
        return {CredentialKind.SSO: Way.SSO, CredentialKind.LOGIN: Way.LOGIN}.get(self.signer_kind, Way.NONE)


def ended(who: Who, *, operation: str = "", code: str = "") -> CredentialsExpired:
    """Return the error for credentials that are not accepted any more: the same for whatever call found it out."""
    need = SignInNeed(who.login_command, who.way)
    named: dict[str, Any] = {"profile": who.profile, "command": need.command, "need": need}
    named |= {"operation": operation, "code": code}
    match who.signer_kind:
        case CredentialKind.SSO | CredentialKind.LOGIN:
            return CredentialsExpired("The sign-in of profile {profile} has ended.", _RUN_OR_HERE, **named)
        case CredentialKind.ENVIRONMENT:
            return CredentialsExpired(
                "The keys of the environment are no longer accepted.",
                "Start rdpgui again with fresh ones, or choose a profile.",
                **named,
            )
        case CredentialKind.STATIC:
            return CredentialsExpired(
                "The keys of profile {profile} are not accepted, or have expired.",
                "Put fresh ones into the file, for example with `{command}`, then press Retry.",
                **named,
            )
        case _:
            return CredentialsExpired(
                "The credentials of profile {profile} are not accepted, or have expired.", "Press Retry.", **named
            )


def role_ended(who: Who, *, operation: str, code: str) -> CredentialsExpired:
    """Return the error for a role's session that has ended; the keys that it was assumed with may be good."""
    return CredentialsExpired(
        "The session of the role of profile {profile} has ended.",
        "Press Retry.",
        operation=operation,
        code=code,
        need=SignInNeed("", Way.MFA),
        profile=who.profile,
    )


def ended_or_skewed(error: CredentialsExpired, who: Who) -> CredentialsExpired:
    """Return the same error with what helps if it is the credentials; its remedy names the clock, too."""
    need = SignInNeed(who.login_command, who.way)
    return CredentialsExpired(
        error.template, error.remedy, operation=error.operation, code=error.code, need=need, **_told(error)
    )


def no_credentials(who: Who) -> CredentialsExpired:
    """Return the error for a profile that offers nothing to sign in with."""
    command = f"aws configure sso --profile {shlex.quote(who.profile)}"
    return CredentialsExpired(
        "Profile {profile} has nothing to sign in with.",
        _RUN,
        profile=who.profile,
        command=command,
        need=SignInNeed(command),
    )


def no_profile(who: Who) -> CredentialsExpired:
    """Return the error for a profile that is in neither file."""
    command = f"aws configure sso --profile {shlex.quote(who.profile)}"
    named: dict[str, Any] = {"profile": who.profile, "command": command, "need": SignInNeed(command)}
    near = difflib.get_close_matches(who.profile, who.known, 1)
    if near:
        return CredentialsExpired(
            "There is no profile {profile} in the AWS files.",
            "Choose another one; {nearest} is there. Or run `{command}`.",
            nearest=near[0],
            **named,
        )
    return CredentialsExpired(
        "There is no profile {profile} in the AWS files.", "Choose another one, or run `{command}`.", **named
    )


def given_up(who: Who) -> CredentialsExpired:
    """Return the error for a sign-in that a person gave up."""
    return CredentialsExpired("Signing in with profile {profile} was given up.", "Press Retry.", profile=who.profile)


def no_code(who: Who) -> CredentialsExpired:
    """Return the error for a role whose MFA code nobody gave."""
    need = SignInNeed("", Way.MFA)
    return CredentialsExpired(
        "Profile {profile} asks for an MFA code, and none was given.",
        "Press Retry in the window, or choose a profile without MFA.",
        profile=who.profile,
        need=need,
    )


def code_needed(who: Who) -> CredentialsExpired:
    """Return the error for a role that wants an MFA code while nobody has asked to sign in."""
    return CredentialsExpired(
        "Profile {profile} needs a new MFA code.",
        "Press Retry to enter it.",
        profile=who.profile,
        need=SignInNeed("", Way.MFA),
    )


def explained(error: BaseException, who: Who) -> RdpguiError:
    """Turn whatever was raised while somebody signed in into one sentence; what nobody knows is said as it is."""
    if isinstance(error, RdpguiError):
        return error
    name = type(error).__name__
    if name == "ProfileNotFound":
        return no_profile(who)
    if name in ("NoCredentialsError", "NobodySignedIn"):
        return no_credentials(who)
    if name in _SSO | _LOGIN:
        return ended(who)
    if name == "RefreshWithMFAUnsupportedError":
        return no_code(who)
    if name == "GivenUp":
        return given_up(who)
    known = _of_a_process(error, name, who) or _of_an_answer(error, who)
    if known is not None:
        return known
    if name in _SET_UP:
        return CredentialsExpired(
            "Profile {profile} is not complete: {message}",
            "Correct it in the AWS files, then press Retry.",
            profile=who.profile,
            message=one_line(error),
        )
    if isinstance(error, Exception) and hasattr(error, "fmt"):  # botocore's own: no answer, a file that is broken
        return translate(error, operation="sign-in", url=str(getattr(error, "kwargs", {}).get("endpoint_url", "")))
    return CredentialsExpired(
        "Signing in with profile {profile} failed: {message}",
        "Choose another profile, or press Retry.",
        profile=who.profile,
        message=f"{name}: {one_line(error)}",
    )


def _of_a_process(error: BaseException, name: str, who: Who) -> CredentialsExpired | None:
    """Return the error for a credential_process; what it printed is never repeated, it may hold keys."""
    if who.signer_kind is not CredentialKind.PROCESS:
        return None
    remedy = "Correct credential_process in the AWS files, then press Retry."
    if isinstance(error, OSError):
        missing = "The program of credential_process of profile {profile} cannot be started: {message}"
        return CredentialsExpired(missing, remedy, profile=who.signer, message=f"{error.strerror}: {error.filename}.")
    if isinstance(error, ValueError):
        return CredentialsExpired(
            "The credential_process of profile {profile} printed no JSON.", remedy, profile=who.signer
        )
    if name == "CredentialRetrievalError":
        said: Mapping[str, Any] = getattr(error, "kwargs", {})
        first = next(iter(str(said.get("error_msg", "")).strip().splitlines()), "")
        failed = "The credential_process of profile {profile} failed: {message}"
        return CredentialsExpired(failed, remedy, profile=who.signer, message=first[:200])
    return None


_SERVICES = {
    "GetRoleCredentials": "sso",
    "RegisterClient": "sso-oidc",
    "StartDeviceAuthorization": "sso-oidc",
    "CreateToken": "sso-oidc",
    "CreateOAuth2Token": "signin",
}
"""Operation of a sign-in -> whose it is; all others are STS's."""


def _of_an_answer(error: BaseException, who: Who) -> RdpguiError | None:
    response = getattr(error, "response", None)
    if not isinstance(error, Exception) or not isinstance(response, Mapping):
        return None
    said = response.get("Error", {})
    code, message = str(said.get("Code", "")), " ".join(str(said.get("Message", "")).split())
    if code == "ForbiddenException" and who.signer_kind is CredentialKind.SSO:
        gone = "This user no longer has the role of profile {profile}: {message}"
        return CredentialsExpired(gone, "Ask for it, or choose another profile.", profile=who.signer, message=message)
    name = str(getattr(error, "operation_name", "AssumeRole"))
    found = translate(error, operation=f"{_SERVICES.get(name, 'sts')}:{name}", url="")
    if isinstance(found, CredentialsExpired):
        return ended(who, code=code)
    if not isinstance(found, AccessDenied):
        return found
    if name.startswith("AssumeRole") and not parse_denial(message).policy_type:  # AWS does not say whose policy it was
        return CredentialsExpired(
            "Profile {profile} could not be signed in ({code}): {message}",
            "Correct the role or its trust policy, or choose another profile; then press Retry.",
            profile=who.profile,
            code=code,
            message=message,
        )
    return CredentialsExpired(found.template, found.remedy, operation=found.operation, code=code, **_told(found))


def _told(error: AwsError) -> dict[str, Any]:
    """Return the fields of an error that its sentences name, less those that every error of a call has."""
    return {name: value for name, value in error.fields.items() if name not in ("operation", "code")}
