"""The table from botocore's codes and exceptions to the errors of ``core``."""

from __future__ import annotations

from typing import Any

from rdpgui.aws.denials import denied
from rdpgui.core.errors import (
    AccessDenied,
    AwsError,
    CredentialsExpired,
    MalformedAnswer,
    NotFound,
    NotOffered,
    ObjectChanged,
    RdpguiError,
    Refused,
    SettingsError,
    Throttled,
    Unreachable,
)

_SIGN_IN = "Sign in again, for example with `aws sso login`, and check the profile."
_CLOCK = "Set the clock of this computer; AWS accepts at most a few minutes of difference."

_Row = tuple[type[AwsError], str, str]
_DENIED: _Row = (
    AccessDenied,
    "{operation} was denied ({code}).",
    "Give this identity the permission, or use another profile.",
)
_EXPIRED: _Row = (CredentialsExpired, "The credentials were not accepted by {operation} ({code}).", _SIGN_IN)
_THROTTLED: _Row = (
    Throttled,
    "AWS asked for fewer calls ({operation}, {code}).",
    "Wait a little; other tools in the same account and Region share the limit.",
)
_MISSING: _Row = (
    NotFound,
    "{operation} did not find {subject} ({code}): {message}",
    "Look whether it exists in this account and Region.",
)
_REFUSED: _Row = (
    Refused,
    "{operation} was refused for {subject} ({code}): {message}",
    "Look at the state of the target and try again when it has changed.",
)
_NO_CAPACITY: _Row = (
    Refused,
    "EC2 has no room for {subject} now ({code}): {message}",
    "Wait and start it again, or move it to another Availability Zone; nothing is wrong with the instance.",
)
_QUOTA: _Row = (
    Refused,
    "A quota of the account is used up ({operation}, {code}): {message}",
    "End what is no longer needed, or ask for a higher quota in Service Quotas.",
)
_NOT_SUBSCRIBED: _Row = (
    Refused,
    "This account does not use the service of {operation} yet ({code}): {message}",
    "Finish the account's sign-up, or choose another account or Region.",
)
_NO_JIT: _Row = (
    Refused,
    "Just-in-time access to {subject} was not granted ({code}): {message}",
    "Look whether just-in-time node access is switched on for this account and Region, or connect with Standard.",
)
_CHANGED: _Row = (
    ObjectChanged,
    "{subject} is no longer the object that was being read ({operation}, {code}).",
    "List the bucket again and start the download anew.",
)
_NOT_OFFERED: _Row = (
    NotOffered,
    "The endpoint does not offer {operation} ({code}).",
    "Use another Region or another endpoint.",
)
_SERVER: _Row = (
    Unreachable,
    "{operation} failed inside the service ({code}).",
    "Try again in a minute; whether a change was made must be read again.",
)
_SKEWED: _Row = (AwsError, "{operation} was refused because the clocks differ ({code}).", _CLOCK)
_EXPIRED_OR_SKEWED: _Row = (
    CredentialsExpired,
    "{operation} takes the request or its credentials for expired ({code}).",
    "Compare the clock of this computer with the time; when it is right, sign in again.",
)
_SIGNED_IN_ANOTHER_TIME = ("signature expired", "signature not yet current")
"""How the services whose code for it is that of any wrong signature say that the clocks differ."""

_CODES: dict[str, _Row] = {
    **dict.fromkeys(
        (
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedOperation",
            "UnauthorizedException",
            "NotAuthorized",
            "Forbidden",
            "403",
            "AllAccessDisabled",
        ),
        _DENIED,
    ),
    **dict.fromkeys(
        (
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "AuthFailure",
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "InvalidAccessKeyId",
            "InvalidToken",
            "TokenRefreshRequired",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "IncompleteSignature",
            "401",
        ),
        _EXPIRED,
    ),
    **dict.fromkeys(
        (
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "BandwidthLimitExceeded",
            "SlowDown",
            "PriorRequestNotComplete",
            "LimitExceededException",
            "429",
        ),
        _THROTTLED,
    ),
    **dict.fromkeys(
        (
            "InvalidInstanceID.NotFound",
            "InvalidInstanceID.Malformed",
            "NoSuchKey",
            "NoSuchBucket",
            "NoSuchVersion",
            "NoSuchEntity",
            "NoSuchBucketPolicy",
            "NotFound",
            "NotFoundException",
            "ResourceNotFoundException",
            "DoesNotExistException",
            "InvocationDoesNotExist",
            "InvalidDocument",
            "OwnershipControlsNotFoundError",
            "ServerSideEncryptionConfigurationNotFoundError",
            "NoSuchLifecycleConfiguration",
            "ObjectLockConfigurationNotFoundError",
            "AWSOrganizationsNotInUseException",
            "404",
        ),
        _MISSING,
    ),
    **dict.fromkeys(
        (
            "IncorrectInstanceState",
            "IncorrectState",
            "OperationNotPermitted",
            "UnsupportedOperation",
            "UnsupportedHibernationConfiguration",
            "TargetNotConnected",
            "InvalidInstanceId",
            "InvalidInstanceInformationFilterValue",
            "ConflictException",
            "OperationAborted",
            "DisabledException",
            "KMS.DisabledException",
            "KMSInvalidStateException",
            "InvalidObjectState",
            "ValidationException",
            "ValidationError",
            "InvalidParameterValue",
            "InvalidParameters",
            "409",
        ),
        _REFUSED,
    ),
    **dict.fromkeys(("PreconditionFailed", "412", "InvalidRange", "416"), _CHANGED),
    **dict.fromkeys(
        (
            "NotImplemented",
            "InvalidAction",
            "UnknownOperationException",
            "UnknownOperation",
            "MethodNotAllowed",
            "405",
            "500",
            "501",
        ),
        _NOT_OFFERED,
    ),
    **dict.fromkeys(
        (
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "InternalServerException",
            "InternalServiceError",
            "KMSInternalException",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "Unavailable",
            "502",
            "503",
            "504",
        ),
        _SERVER,
    ),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestInTheFuture"), _SKEWED),
    **dict.fromkeys(
        ("InsufficientInstanceCapacity", "InsufficientHostCapacity", "Server.InsufficientInstanceCapacity"),
        _NO_CAPACITY,
    ),
    **dict.fromkeys(("ServiceQuotaExceededException", "InstanceLimitExceeded", "VcpuLimitExceeded", "402"), _QUOTA),
    **dict.fromkeys(("OptInRequired", "SubscriptionRequiredException", "PendingVerification"), _NOT_SUBSCRIBED),
    "RequestExpired": _EXPIRED_OR_SKEWED,
}
"""Error code -> class, template, remedy. A bare ``500`` is botocore's code for an error page without any code of
AWS's: an endpoint that lacks the operation answers like that. AWS's own failures carry ``InternalError`` and such."""

_JIT_IS_OFF = frozenset({"ServiceQuotaExceededException", "ValidationException", "402", "404"})
_OF_JIT = {
    "ssm:StartAccessRequest": _JIT_IS_OFF | {"ResourceNotFoundException"},
    "ssm:GetAccessToken": _JIT_IS_OFF,  # what it does not find is the request itself
}
"""Which of these AWS answers with while just-in-time access is off is not documented: each is told with its message."""

_OTHER: _Row = (AwsError, "{operation} failed ({code}): {message}", "Look at the message of AWS.")

_CREDENTIAL_ERRORS = frozenset(
    {
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "NoAuthTokenError",
        "TokenRetrievalError",
        "SSOError",
        "SSOTokenLoadError",
        "UnauthorizedSSOTokenError",
        "LoginError",
        "LoginRefreshRequired",
        "LoginInsufficientPermissions",
        "LoginTokenLoadError",
        "RefreshWithMFAUnsupportedError",
        "NobodySignedIn",
        "GivenUp",
        "EOFError",
        "RuntimeError",
    }
)
_SETTING_ERRORS = frozenset(
    {
        "ProfileNotFound",
        "NoRegionError",
        "InvalidRegionError",
        "ConfigParseError",
        "ConfigNotFound",
        "InvalidConfigError",
        "EndpointVariantError",
        "EndpointResolutionError",
        "EndpointProviderError",
        "InvalidEndpointConfigurationError",
        "UnknownEndpointError",
    }
)
_CUT_ERRORS = frozenset(
    {"ResponseParserError", "IncompleteReadError", "ResponseStreamingError", "FlexibleChecksumError"}
)


def foreign_errors() -> tuple[type[Exception], ...]:
    """Return the exception types that a blocking SDK call may raise and ``translate`` understands."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError
    from urllib3.exceptions import HTTPError

    return (ClientError, BotoCoreError, ResponseParserError, HTTPError, OSError, EOFError, RuntimeError)


def translate(error: Exception, *, operation: str, url: str, subject: str = "", change: bool = False) -> RdpguiError:
    """Turn an exception of the SDK into one of ours.

    Args:
        error: one of ``foreign_errors()``, or already ours.
        operation: service and operation, for example ``ec2:StopInstances``.
        url: where the call went, named when there was no answer.
        subject: what the call was about, for example an instance id.
        change: the call was a mutating one; an error page then leaves its outcome open.

    Returns:
        The error to raise; the original belongs in its ``__cause__``.
    """
    if isinstance(error, RdpguiError):
        return error
    response = getattr(error, "response", None)
    if isinstance(response, dict):  # without "Error" when the body was no error of AWS's at all
        return _from_answer(response, operation, subject or operation, change)
    name = type(error).__name__
    if name in _CREDENTIAL_ERRORS:
        return CredentialsExpired(
            "There are no usable credentials: {message}", _SIGN_IN, operation=operation, message=one_line(error)
        )
    if name in _SETTING_ERRORS:
        return SettingsError(
            "The AWS settings cannot be used: {message}",
            "Choose a profile and a Region that exist.",
            message=one_line(error),
        )
    if name in _CUT_ERRORS:
        return malformed(operation, one_line(error))
    if name in {"ParamValidationError", "UnknownServiceError", "UnknownParameterError"}:
        return AwsError("The SDK refused to send {operation}: {message}", operation=operation, message=one_line(error))
    return unreachable(operation, url, error)


def unreachable(operation: str, url: str, error: BaseException) -> Unreachable:
    """Return the error for a call that got no answer."""
    return Unreachable(
        "No answer from {url} to {operation}: {message}",
        "Check the network, the proxy and the endpoint; in the lab, restart the lab.",
        operation=operation,
        url=url,
        message=one_line(error),
    )


def malformed(operation: str, reason: str) -> MalformedAnswer:
    """Return the error for an answer that is cut off or not what the operation returns."""
    return MalformedAnswer(
        "The answer to {operation} cannot be used: {reason}",
        "Try again; when it stays, a proxy or the endpoint answers in place of AWS.",
        operation=operation,
        reason=reason,
    )


def _from_answer(response: dict[str, Any], operation: str, subject: str, change: bool) -> AwsError:
    error = response.get("Error", {})
    code = str(error.get("Code", "")) or str(response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    kind, template, remedy = _SERVER if change and code == "500" else _row(code, response, operation)
    if kind is AccessDenied:
        return denied(operation, code, str(error.get("Message", "")))
    message = _sentence(str(error.get("Message", "")))
    return kind(template, remedy, operation=operation, code=code, message=message, subject=subject)


def _row(code: str, response: dict[str, Any], operation: str) -> _Row:
    if str(response.get("Error", {}).get("Message", "")).lower().startswith(_SIGNED_IN_ANOTHER_TIME):
        return _SKEWED
    if code in _OF_JIT.get(operation, ()):
        return _NO_JIT
    if code in _CODES:
        return _CODES[code]
    if "Throttl" in code:
        return _THROTTLED
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _SERVER if isinstance(status, int) and status >= 500 else _OTHER


def one_line(error: BaseException) -> str:
    """Return a foreign exception's message in one line."""
    return _sentence(str(error) or type(error).__name__)


def _sentence(text: str) -> str:
    """Return a foreign message in one line, ended so that a remedy can follow."""
    line = " ".join(text.split())[:300]
    return line if not line or line[-1] in ".!?:" else f"{line}."
