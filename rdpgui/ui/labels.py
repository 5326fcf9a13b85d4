"""Words for every enum that is shown, translated late, and the tone each one has.

One function per question: ``word(member)`` and ``tone(member)``. AWS's own states keep AWS's words, since an admin
compares them with the console; ours are translated.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from rdpgui.core.claims import ClaimResult
from rdpgui.core.disruption import Disruption, DisruptionId, Effect, Origin
from rdpgui.core.events import Topic
from rdpgui.core.film import TailClass
from rdpgui.core.instance import ConnectionStatus, InstanceState, PingStatus
from rdpgui.core.recording import Basis, ConsoleWord, RecordingStatus
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.session import AccessType, SessionStatus
from rdpgui.core.settings import Language, Theme
from rdpgui.core.verdict import CheckId, CheckResult, VerdictValue
from rdpgui.i18n import C_, N_, _, in_context
from rdpgui.ui import formats
from rdpgui.ui.theme import Tone

AWS_WORDS: tuple[type[StrEnum], ...] = (InstanceState, PingStatus, SessionStatus, AccessType)
"""Shown in AWS's own spelling."""

_WORDS_PAIRS: tuple[tuple[StrEnum, str], ...] = (
    (DisruptionId.OS_REBOOT, N_("Restart the OS")),
    (DisruptionId.OS_SHUTDOWN, N_("Shut the OS down")),
    (DisruptionId.EC2_REBOOT, N_("Reboot")),
    (DisruptionId.EC2_STOP, N_("Stop")),
    (DisruptionId.STOP_SKIP_OS_SHUTDOWN, N_("Power cut")),
    (DisruptionId.CONTROL_NONE, N_("Do nothing")),
    (DisruptionId.CONTROL_DISCONNECT, N_("Disconnect normally")),
    (Origin.GUEST, N_("Inside the OS")),
    (Origin.CONTROL_PLANE, N_("From EC2")),
    (Origin.CONTROL, N_("Controls")),
    (Effect.RESTART, N_("restarts")),
    (Effect.HALT, N_("stops")),
    (Effect.NONE, N_("no effect")),
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
    (CheckId.INTEGRITY, N_("Film is intact")),
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

_TONES_PAIRS: tuple[tuple[StrEnum, Tone], ...] = (
    (InstanceState.PENDING, Tone.INFO),
    (InstanceState.RUNNING, Tone.OK),
    (InstanceState.STOPPING, Tone.WARN),
    (InstanceState.STOPPED, Tone.IDLE),
    (InstanceState.SHUTTING_DOWN, Tone.BAD),
    (InstanceState.TERMINATED, Tone.BAD),
    (PingStatus.ONLINE, Tone.OK),
    (PingStatus.CONNECTION_LOST, Tone.WARN),
    (PingStatus.INACTIVE, Tone.IDLE),
    (SessionStatus.CONNECTED, Tone.OK),
    (SessionStatus.CONNECTING, Tone.INFO),
    (SessionStatus.DISCONNECTED, Tone.WARN),
    (SessionStatus.TERMINATED, Tone.IDLE),
    (SessionStatus.TERMINATING, Tone.WARN),
    (SessionStatus.FAILED, Tone.BAD),
    (RecordingStatus.NOT_CONFIGURED, Tone.IDLE),
    (RecordingStatus.WAITING, Tone.IDLE),
    (RecordingStatus.RECORDING, Tone.BAD),
    (RecordingStatus.PROCESSING, Tone.INFO),
    (RecordingStatus.FINISHED, Tone.OK),
    (RecordingStatus.VERIFIED, Tone.OK),
    (RecordingStatus.SUSPECT, Tone.WARN),
    (RecordingStatus.PROCESSING_ERROR, Tone.BAD),
    (RecordingStatus.OVERDUE, Tone.WARN),
    (RecordingStatus.UNKNOWN, Tone.IDLE),
    (VerdictValue.PASS, Tone.OK),
    (VerdictValue.FAIL, Tone.BAD),
    (VerdictValue.INCONCLUSIVE, Tone.WARN),
    (ClaimResult.SUPPORTED, Tone.OK),
    (ClaimResult.REFUTED, Tone.BAD),
    (ClaimResult.UNTESTED, Tone.IDLE),
    (CheckResult.HELD, Tone.OK),
    (CheckResult.CONTRADICTED, Tone.BAD),
    (CheckResult.NOT_MADE, Tone.WARN),
    (RunStatus.RUNNING, Tone.INFO),
    (RunStatus.COMPLETED, Tone.OK),
    (RunStatus.FAILED, Tone.BAD),
    (RunStatus.ABORTED, Tone.WARN),
    (RunStatus.INTERRUPTED, Tone.WARN),
)
# Keyed by type too: members of different StrEnums with the same value are equal.
TONES = {(type(member), member.value): item for member, item in _TONES_PAIRS}

_LONG: dict[DisruptionId, str] = {
    DisruptionId.EC2_REBOOT: N_("Reboot from EC2"),
    DisruptionId.EC2_STOP: N_("Stop from EC2"),
    DisruptionId.CONTROL_NONE: N_("Control: nothing"),
    DisruptionId.CONTROL_DISCONNECT: N_("Control: disconnect"),
}

_CONSEQUENCES: dict[DisruptionId, str] = {
    DisruptionId.OS_REBOOT: N_("Windows is told to restart through Run Command. Everyone connected is cut off."),
    DisruptionId.OS_SHUTDOWN: N_("Windows is told to shut down through Run Command. The instance stops."),
    DisruptionId.EC2_REBOOT: N_("EC2 reboots the instance. Everyone connected is cut off."),
    DisruptionId.EC2_STOP: N_("EC2 stops the instance. Its public IP address may change at the next start."),
    DisruptionId.STOP_SKIP_OS_SHUTDOWN: N_("EC2 cuts the power without an OS shutdown. Unsaved data is lost."),
    DisruptionId.CONTROL_NONE: N_("Nothing is disrupted: the session is observed and ends normally."),
    DisruptionId.CONTROL_DISCONNECT: N_("Only the session is ended; the instance keeps running."),
}


def word(member: StrEnum) -> str:
    """Return the word for an enum member in the reader's language."""
    return str(member.value) if isinstance(member, AWS_WORDS) else in_context(WORDS[type(member), member.value])


def tone(member: StrEnum) -> Tone:
    """Return the tone of an enum member; what has none is idle."""
    return TONES.get((type(member), member.value), Tone.IDLE)


def disruption_name(disruption_id: DisruptionId) -> str:
    """Return a disruption's name that says where it comes from, for tables and titles."""
    return _(_LONG[disruption_id]) if disruption_id in _LONG else word(disruption_id)


def consequence(disruption: Disruption) -> str:
    """Return what a disruption does, one or two sentences."""
    return _(_CONSEQUENCES[disruption.disruption_id])


def ping_word(status: PingStatus | None) -> str:
    """Return the ping status; a node that Systems Manager does not list has none."""
    return "–" if status is None else word(status)


_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$")
_FIELD_ENUMS: dict[str, tuple[type[StrEnum], ...]] = {
    "phase": (Phase,),
    "status": (RecordingStatus, RunStatus, ConnectionStatus),
    "basis": (Basis,),
    "verdict": (VerdictValue,),
    "topic": (Topic,),
    "word": (ConsoleWord,),
}


def field_word(name: str, value: str) -> str:
    """Return the word for a value inside a log line whose field holds one of our enums; other values as they are.

    Times in ISO form become local ones.
    """
    if _ISO_TIME.match(value):
        return formats.clock(datetime.fromisoformat(value), decimals=2)
    if name == "disruption" and value in DisruptionId._value2member_map_:
        return disruption_name(DisruptionId(value))
    for kind in _FIELD_ENUMS.get(name, ()):
        if value in kind._value2member_map_:  # "in" on the enum itself raises on Python 3.11
            return word(kind(value))
    return value
