"""A good run as a snapshot, to be changed by one fact at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import RunEvent
from rdpgui.core.film import FilmFacts, TailClass, TailMetrics
from rdpgui.core.ids import AccountId, InstanceId, Region, RunId, SessionId
from rdpgui.core.instance import ConnectionStatus, Instance, InstanceProtection, InstanceState, ManagedNode, PingStatus
from rdpgui.core.journal import rebuild
from rdpgui.core.recording import RecordingObject, RecordingPreferences
from rdpgui.core.refusal import TargetFacts
from rdpgui.core.run import Phase, RunPlan
from rdpgui.core.run_events import (
    ActionAccepted,
    BaselineTaken,
    BootTimeRead,
    CandidatesFound,
    ClockSampled,
    ConnectionChanged,
    FilmInspected,
    FilmSaved,
    InstanceChanged,
    IntentRecorded,
    NeighboursRead,
    PhaseEntered,
    RunStarted,
    SessionAttached,
    SessionLeftActive,
)
from rdpgui.core.session import PORT_FORWARDING_DOCUMENT, AccessType, Session, SessionOrigin, SessionStatus
from rdpgui.core.state import RunState

T0 = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)
RUN = RunId("r-1")
TARGET = InstanceId("i-0aaaaaaaaaaaaaaaa")
ACCOUNT = AccountId("111122223333")
REGION = Region("us-east-1")
PREFERENCES = RecordingPreferences("recordings", ACCOUNT, "key")
KEY = "k.bin"


def at(seconds: float) -> datetime:
    """Return a moment of the sample's time."""
    return T0 + timedelta(seconds=seconds)


def plan(disruption_id: DisruptionId = DisruptionId.EC2_STOP, *, by_hand: bool = False) -> RunPlan:
    return RunPlan(
        RUN, disruption_id, AccessType.STANDARD, TARGET, 1.5, 1, 3.0, 20.0, 10.0, 20.0, True, T0, True, by_hand
    )


def instance(**changes: object) -> Instance:
    values: dict[str, object] = {
        "platform": "windows",
        "tags": (("rdpgui:disruptable", "true"),),
        "state": InstanceState.RUNNING,
        "hibernation": True,
        **changes,
    }
    return Instance(TARGET, "win", **values)  # type: ignore[arg-type]  # one place for all variants


def facts_of(item: Instance, **changes: object) -> TargetFacts:
    """Return a sound target, but for what is changed."""
    values: dict[str, object] = {
        "account_id": ACCOUNT,
        "region": REGION,
        "instance": item,
        "protection": InstanceProtection("stop", False),
        "node": ManagedNode(item.instance_id, PingStatus.ONLINE),
        "connection": ConnectionStatus.CONNECTED,
        "preferences": PREFERENCES,
        "preferences_known": True,
        "allow_tag": "rdpgui:disruptable=true",
        "lab": False,
        **changes,
    }
    return TargetFacts(**values)  # type: ignore[arg-type]  # one place for all variants


def session(**changes: object) -> Session:
    values: dict[str, object] = {
        "session_id": SessionId("s-1"),
        "target": TARGET,
        "status": SessionStatus.CONNECTED,
        "active": True,
        "started_at": at(1.0),
        "document_name": PORT_FORWARDING_DOCUMENT,
        **changes,
    }
    return Session(**values)  # type: ignore[arg-type]  # one place for all variants


def painted(duration_s: float = 8.5, begin_s: float = 1.5) -> dict[str, object]:
    """Return what the painted clock says of a film that moved to its end."""
    return {"first_painted_at": at(begin_s), "painted_at": at(begin_s + duration_s - 0.05)}


NOT_PAINTED: dict[str, object] = {"first_painted_at": None, "painted_at": None}


def facts(**changes: object) -> FilmFacts:
    """Film from 1.5 s to 10 s."""
    values: dict[str, object] = {
        "container": "mp4",
        "codec": "h264",
        "width": 1280,
        "height": 720,
        "size_bytes": 1000,
        "duration_s": 8.5,
        "last_frame_pts_s": 8.5,
        "created_at": at(1.5).replace(microsecond=0),
        "tail": TailMetrics(TailClass.SOLID_TEXT, 60.0, 20.0, 0.9, 0.02),
        **changes,
    }
    if "first_painted_at" not in changes and "painted_at" not in changes:
        values |= painted(float(str(values["duration_s"])))
    return FilmFacts(**values)  # type: ignore[arg-type]  # one place for all variants


def item(**changes: object) -> RecordingObject:
    values: dict[str, object] = {
        "bucket": "recordings",
        "key": KEY,
        "size_bytes": 1000,
        "etag": "e",
        "modified_at": at(12.0).replace(microsecond=0),
        **changes,
    }
    return RecordingObject(**values)  # type: ignore[arg-type]  # one place for all variants


def begin(disruption_id: DisruptionId = DisruptionId.EC2_STOP, *, by_hand: bool = False) -> list[RunEvent]:
    """From the start to the steady phase; the session started at 1 s."""
    return [
        RunStarted(T0, RUN, plan(disruption_id, by_hand=by_hand), ACCOUNT, REGION, "0"),
        BaselineTaken(
            T0,
            RUN,
            instance(),
            InstanceProtection("stop", False),
            PREFERENCES,
            (("old", "e0"),),
            at(-3600),
            -0.05,
            0.05,
        ),
        ClockSampled(T0, RUN, 100.0, "life", -0.05, 0.05),
        SessionAttached(at(1.2), RUN, session(), SessionOrigin.PROGRAM),
        PhaseEntered(at(1.2), RUN, Phase.STEADY),
    ]


def disrupted() -> list[RunEvent]:
    """StopInstances at 8 s, seen to take effect."""
    return [
        PhaseEntered(at(7.9), RUN, Phase.DISRUPTING),
        IntentRecorded(at(8.0), RUN, DisruptionId.EC2_STOP, "ec2:StopInstances", TARGET),
        ActionAccepted(at(8.1), RUN, "ec2:StopInstances", ""),
        InstanceChanged(at(8.4), RUN, InstanceState.STOPPING, "Client.UserInitiatedShutdown", "", at(8.0)),
        ConnectionChanged(at(10.8), RUN, ConnectionStatus.NOT_CONNECTED, at(10.4)),
        InstanceChanged(at(11.2), RUN, InstanceState.STOPPED, "Client.UserInitiatedShutdown", "", at(10.8)),
    ]


def restarted(disruption_id: DisruptionId = DisruptionId.OS_REBOOT) -> list[RunEvent]:
    """A restart at 8 s, seen by connection and boot time."""
    return [
        PhaseEntered(at(7.9), RUN, Phase.DISRUPTING),
        IntentRecorded(at(8.0), RUN, disruption_id, "ssm:SendCommand", TARGET),
        ConnectionChanged(at(10.8), RUN, ConnectionStatus.NOT_CONNECTED, at(10.4)),
        ConnectionChanged(at(13.0), RUN, ConnectionStatus.CONNECTED, at(12.6)),
        BootTimeRead(at(13.5), RUN, at(12.0)),
    ]


def ended(ended_at: datetime | None = None) -> list[RunEvent]:
    """The session ended at 10 s."""
    over = session(status=SessionStatus.TERMINATED, active=False, ended_at=ended_at or at(10.0))
    return [SessionLeftActive(at(10.6), RUN, over, at(9.8))]


def recorded(found: RecordingObject | None = None, film: FilmFacts | None = None) -> list[RunEvent]:
    """One object, saved and inspected."""
    found = found or item()
    return [
        CandidatesFound(at(13.0), RUN, (found,)),
        FilmSaved(at(13.1), RUN, found.key, "recording.mp4", "ab" * 32, "CRC64NVME:x", True),
        FilmInspected(at(13.2), RUN, found.key, film or facts(), "last-frame.png", ""),
        alone(),
    ]


def alone(*others: Session, complete: bool = True) -> NeighboursRead:
    """Return the reading of the account's other sessions: none, or those given."""
    return NeighboursRead(at(13.3), RUN, at(-86_400.0), others, complete)


def on_aws(events: Iterable[RunEvent]) -> list[RunEvent]:
    """Return the same run on AWS, where no film carries a painted clock."""
    return [replace(e, plan=replace(e.plan, lab=False)) if isinstance(e, RunStarted) else e for e in events]


def state_of(events: list[RunEvent]) -> RunState:
    run = rebuild(events)
    assert run is not None
    return run


def good_run() -> RunState:
    return state_of([*begin(), *disrupted(), *ended(), *recorded()])
