"""English words of every enum that is shown, as message ids; ``ui`` and ``report`` translate them.

AWS's own states keep AWS's words, since an admin compares them with the console; ours are translated. Here too is
what a named value inside a sentence is: a member of one of our enums, a moment, or plain text.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from rdpgui.core.access import CredentialKind, EnvironmentTone, NamedBy
from rdpgui.core.account_events import Topic
from rdpgui.core.disruption import DisruptionId, Effect, Origin
from rdpgui.core.film import TailClass
from rdpgui.core.instance import ConnectionStatus, InstanceState, PingStatus
from rdpgui.core.judging.claims import ClaimResult
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.moments import moment_of
from rdpgui.core.place import Place
from rdpgui.core.recording import Basis, ConsoleWord, RecordingStatus
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.session import AccessType, SessionStatus
from rdpgui.core.settings import Language, Theme
from rdpgui.core.texts import C_, N_
from rdpgui.core.verdict import CheckId, CheckResult, VerdictValue

AWS_WORDS: tuple[type[StrEnum], ...] = (InstanceState, PingStatus, SessionStatus, AccessType)
"""Shown in AWS's own spelling."""

_WORDS_PAIRS: tuple[tuple[StrEnum, str], ...] = (
    *((kind.disruption_id, kind.name) for kind in DISRUPTIONS.values()),
    (Origin.GUEST, N_("Inside the OS")),
    (Origin.CONTROL_PLANE, N_("From EC2")),
    (Origin.CONTROL, N_("Controls")),
    (Effect.RESTART, N_("restarts")),
    (Effect.HALT, N_("stops")),
    (Effect.AGENT, N_("cuts off")),
    (Effect.NONE, N_("no effect")),
    (CredentialKind.STATIC, N_("static keys")),
    (CredentialKind.SSO, "SSO"),
    (CredentialKind.ASSUME_ROLE, N_("assumed role")),
    (CredentialKind.PROCESS, "credential_process"),
    (CredentialKind.WEB_IDENTITY, N_("web identity")),
    (CredentialKind.LOGIN, "aws login"),
    (CredentialKind.ENVIRONMENT, N_("keys of the environment")),
    (CredentialKind.CONTAINER, N_("role of the container")),
    (CredentialKind.INSTANCE, N_("role of the instance")),
    (CredentialKind.NOTHING, N_("nothing to sign in with")),
    (NamedBy.CHOSEN, N_("chosen here")),
    (NamedBy.ENVIRONMENT, N_("from the environment")),
    (NamedBy.PROFILE, N_("from the profile")),
    (NamedBy.DEFAULT, N_("the default one")),
    (EnvironmentTone.RED, N_("red")),
    (EnvironmentTone.AMBER, N_("amber")),
    (EnvironmentTone.GREEN, N_("green")),
    (EnvironmentTone.BLUE, N_("blue")),
    (Topic.IDENTITY, N_("identity")),
    (Topic.INSTANCES, N_("instances")),
    (Topic.SESSIONS, N_("sessions")),
    (Topic.PREFERENCES, N_("recording preferences")),
    (Topic.OBJECTS, N_("recording destination")),
    (TailClass.CONTENT, N_("desktop content")),
    (TailClass.SOLID_TEXT, N_("plain screen with text")),
    (TailClass.UNIFORM, N_("plain screen")),
    (TailClass.BLACK, N_("black")),
    (ConnectionStatus.CONNECTED, N_("Connected")),
    (ConnectionStatus.NOT_CONNECTED, N_("Not connected")),
    (Basis.OBSERVED, N_("observed")),
    (Basis.INFERRED, N_("inferred")),
    (Basis.VERIFIED_HERE, N_("verified here")),
    (Basis.ENTERED_BY_HAND, N_("entered by hand")),
    (Basis.NONE, N_("no evidence")),
    (ConsoleWord.RECORDING, C_("status", "Recording")),
    (ConsoleWord.PROCESSING, N_("Processing")),
    (ConsoleWord.FINISHED, N_("Finished")),
    (ConsoleWord.FAILED, N_("Failed")),
    (ConsoleWord.PROCESSING_ERROR, N_("Processing error")),
    (RecordingStatus.NOT_CONFIGURED, N_("Not configured")),
    (RecordingStatus.WAITING, N_("Waiting")),
    (RecordingStatus.RECORDING, C_("status", "Recording")),
    (RecordingStatus.PROCESSING, N_("Processing")),
    (RecordingStatus.FINISHED, N_("Finished")),
    (RecordingStatus.VERIFIED, N_("Verified")),
    (RecordingStatus.SUSPECT, N_("Suspect")),
    (RecordingStatus.PROCESSING_ERROR, N_("Processing error?")),
    (RecordingStatus.OVERDUE, N_("Overdue")),
    (RecordingStatus.UNKNOWN, N_("Unknown")),
    (Phase.PREFLIGHT, N_("Preflight")),
    (Phase.CONNECTING, N_("Connecting")),
    (Phase.STEADY, N_("Steady state")),
    (Phase.DISRUPTING, N_("Disrupting")),
    (Phase.ENDING, N_("Session ending")),
    (Phase.PROCESSING, N_("Waiting for the recording")),
    (Phase.VERIFYING, N_("Verifying the film")),
    (Phase.RESTORING, N_("Restoring")),
    (Phase.DONE, N_("Done")),
    (RunStatus.RUNNING, N_("Running")),
    (RunStatus.COMPLETED, N_("Completed")),
    (RunStatus.FAILED, N_("Failed")),
    (RunStatus.ABORTED, N_("Aborted")),
    (RunStatus.INTERRUPTED, N_("Interrupted")),
    (VerdictValue.PASS, N_("PASS")),
    (VerdictValue.FAIL, N_("FAIL")),
    (VerdictValue.INCONCLUSIVE, N_("INCONCLUSIVE")),
    (CheckId.DISRUPTION_PROVEN, N_("Disruption really happened")),
    (CheckId.ENDED_AFTER, N_("Session ended after it")),
    (CheckId.OWN_RECORDING, N_("Film is of this session")),
    (CheckId.INTEGRITY, N_("Film is complete to its end")),
    (CheckId.REACHES_END, N_("Film reaches the end")),
    (CheckId.LAST_FRAME, N_("Last frame decoded")),
    (ClaimResult.SUPPORTED, N_("supported")),
    (ClaimResult.REFUTED, N_("refuted")),
    (ClaimResult.UNTESTED, N_("untested")),
    (CheckResult.HELD, N_("held")),
    (CheckResult.CONTRADICTED, N_("contradicted")),
    (CheckResult.NOT_MADE, N_("not made")),
    (Theme.SYSTEM, N_("Like the system")),
    (Theme.LIGHT, N_("Light")),
    (Theme.DARK, N_("Dark")),
    (Language.SYSTEM, N_("Like the system")),
    (Language.ENGLISH, "English"),
    (Language.JAPANESE, "日本語"),
)
WORDS = {(type(member), member.value): item for member, item in _WORDS_PAIRS}
"""Message ids, keyed by type too: members of different StrEnums with the same value are equal."""


def disruption_word(disruption_id: DisruptionId) -> str:
    """Return the one name of a disruption, a message id: on buttons, in menus, tables, reports, terminal and README."""
    return DISRUPTIONS[disruption_id].name


CAUSES: dict[str, str] = {
    "checksum-mismatch": N_("the bytes do not match the checksum"),
    "clock-disagrees": N_("the clock in its pictures is of another day"),
    "clock-skew": N_("a clock is wrong"),
    "film-disordered": N_("parts of the film are stored out of order or twice"),
    "film-end-hidden": N_("an edit list hides the end of the film"),
    "film-ends-early": N_("the film ends too early"),
    "film-encrypted": N_("the film is encrypted"),
    "film-has-hole": N_("the film has a hole"),
    "film-joined": N_("the film holds another recording as well"),
    "film-truncated": N_("the film is cut off"),
    "looks-alike": N_("it may be another session's film"),
    "names-several": N_("it names more than one session"),
    "neighbours-unknown": N_("which other sessions there were is not known"),
    "no-painted-clock": N_("it is not of the lab"),
    "no-session": N_("there was no session"),
    "not-a-film": N_("this is not a film"),
    "not-placed": N_("it names no session and no time"),
    "object-empty": N_("the object is empty"),
    "other-bucket": N_("it lies in another bucket"),
    "other-session": N_("this is another session's film"),
    "several-candidates": N_("several objects fit"),
    "size-differs": N_("file and object differ in size"),
    "source-frozen": N_("the picture was standing still"),
    "stale-object": N_("the object is older than the session"),
    "film-without-disruption": N_("it does not contain the disruption"),
    "written-before-end": N_("it was written before the session ended"),
}
"""Why a recording is doubtful, by cause word, as message ids."""

_FIELD_ENUMS: dict[str, tuple[type[StrEnum], ...]] = {
    "disruption": (DisruptionId,),
    "phase": (Phase,),
    "status": (RecordingStatus, RunStatus, ConnectionStatus),
    "basis": (Basis,),
    "verdict": (VerdictValue,),
    "topic": (Topic,),
    "word": (ConsoleWord,),
    "tail": (TailClass,),
}
SENTENCE_FIELDS = frozenset({"error", "reason"})
"""Values inside a sentence that are sentences of ours, finished in English when they were recorded."""
_BYTES = frozenset({"bytes", "size", "file"})
_BELOW_ZERO = re.compile(r"-\d+(\.\d+)?", re.ASCII)
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", re.ASCII)


def field_member(name: str, value: str) -> StrEnum | None:
    """Return the member of ours that a named value inside a sentence stands for, None when it stands for itself."""
    for kind in _FIELD_ENUMS.get(name, ()):
        if value in kind._value2member_map_:  # "in" on the enum itself raises on Python 3.11
            return kind(value)
    return None


def field_number(name: str, value: str) -> str | None:
    """Return how a number inside a sentence is written: bytes in groups of three, a minus as one; None for others."""
    if name in _BYTES and value.isdecimal():
        return f"{int(value):,}"
    return value.replace("-", "−") if _BELOW_ZERO.fullmatch(value) else None


def field_moment(value: str) -> datetime | None:
    """Return the moment that a value inside a sentence stands for (ISO form in UTC), None when it is none.

    The key of an object may look like one and be none, for example of a thirteenth month or of the year 9999.
    """
    try:
        return moment_of(value) if _ISO_TIME.fullmatch(value) else None
    except ValueError:
        return None


def place_words(place: Place | None, *, lab: bool) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return how a place is called: a message id and its fields.

    Args:
        place: None where it was not recorded.
        lab: whether it is the lab; certain also where the scenario was not recorded.
    """
    if place is None:
        return N_("LAB · place not recorded") if lab else N_("place not recorded"), ()
    if place.lab:
        return "LAB · {scenario}", (("scenario", place.scenario),)
    if place.endpoint:
        where = (("endpoint", place.endpoint), ("account", place.account_id), ("region", place.region))
        return "{endpoint} · {account} · {region}" if place.account_id else N_("{endpoint} · not signed in"), where
    if not place.account_id:
        return N_("AWS · not signed in"), ()
    return "{account} · {region}", (("account", place.account_id), ("region", place.region))
