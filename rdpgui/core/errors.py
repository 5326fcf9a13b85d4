"""Every error the program raises on purpose.

Each names the thing and the remedy. Adapters translate foreign errors into
these; only ``ui/notifications.py`` and the command line show them. Texts are
message ids in English; ``i18n`` translates them when they are shown, so
arguments are kept apart from the template.
"""

from __future__ import annotations

from rdpgui.core.sign_in import SignInNeed


class RdpguiError(Exception):
    """Base of all errors raised on purpose.

    Attributes:
        template: what happened, an English message id with ``{name}`` fields.
        remedy: what the user can do, an English message id with the same fields.
        fields: values for the fields of both.
    """

    def __init__(self, template: str, remedy: str = "", **fields: object) -> None:
        self.template = template
        self.remedy = remedy
        self.fields = fields
        super().__init__(self.text())

    def text(self) -> str:
        """Return what happened and the remedy in English, for logs and the journal."""
        what = self.template.format(**self.fields)
        return f"{what} {self.remedy.format(**self.fields)}".strip()


class AwsError(RdpguiError):
    """A call to AWS (or the lab) failed.

    Attributes:
        operation: service and operation, for example ``ec2:StopInstances``.
        code: the AWS error code, empty when there was no answer.
    """

    def __init__(
        self, template: str, remedy: str = "", *, operation: str = "", code: str = "", **fields: object
    ) -> None:
        self.operation = operation
        self.code = code
        super().__init__(template, remedy, operation=operation, code=code, **fields)


class AccessDenied(AwsError):
    """The identity may not do this."""


class CredentialsExpired(AwsError):
    """Credentials are missing or expired; signing in again helps.

    Attributes:
        need: how that is done.
    """

    def __init__(
        self,
        template: str,
        remedy: str = "",
        *,
        operation: str = "",
        code: str = "",
        need: SignInNeed | None = None,
        **fields: object,
    ) -> None:
        self.need = need or SignInNeed()
        super().__init__(template, remedy, operation=operation, code=code, **fields)


class Throttled(AwsError):
    """AWS asked for fewer calls, also after retries."""


class Unreachable(AwsError):
    """No answer: refused, reset, timed out, or the name did not resolve."""


class MalformedAnswer(AwsError):
    """An answer that is cut off, or is not what the operation returns (for example an HTML page)."""


class NotOffered(AwsError):
    """The endpoint does not offer this operation."""


class NotFound(AwsError):
    """The named thing does not exist."""


class Refused(AwsError):
    """AWS understood the call and refused it for the state of the target."""


class ObjectChanged(AwsError):
    """The object in S3 is no longer the one that was being read."""


class GuardRefusal(RdpguiError):
    """A guard rail refuses the action before any call is made."""


class DisruptionRefused(RdpguiError):
    """The disruption was not issued, or AWS refused it."""


class NotConnected(RdpguiError):
    """A connection did not come about: access was not granted, or no session appeared."""


class SessionEndedEarly(RdpguiError):
    """The session ended before the disruption."""


class RecordingUnreadable(RdpguiError):
    """A file is not a film that can be decoded; the reason is named."""


class InspectionFailed(RecordingUnreadable):
    """The inspection could not be made (the inspector ended, or took too long): nothing is known of the film."""


class RecordingEncrypted(RecordingUnreadable):
    """A film is encrypted from its first picture on: whether it is whole cannot be seen."""


class StorageFull(RdpguiError):
    """The disk is full; what was written before is kept."""


class StorageError(RdpguiError):
    """A file of the program cannot be read or written."""


class JournalHeld(StorageError):
    """Another process is writing this journal: its run goes on there."""


class JournalDamaged(RdpguiError):
    """A journal line does not fit the chain of hashes."""


class EventUnreadable(RdpguiError):
    """A JSON text is not an event of this program."""


class LabError(RdpguiError):
    """The embedded lab could not start, or has ended."""


class SettingsError(RdpguiError):
    """A setting has a value that cannot be used."""
