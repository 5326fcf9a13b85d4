"""Realistic snapshots, folded from events as the store does it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rdpgui.core.account_events import (
    Armed,
    IdentityObserved,
    InstancesObserved,
    ObjectsObserved,
    PlaceOpened,
    PreferencesObserved,
    SessionsObserved,
)
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import Event
from rdpgui.core.film import FilmFacts, TailClass, TailMetrics
from rdpgui.core.freshness import Look
from rdpgui.core.ids import AccountId, InstanceId, Region, RunId, SessionId
from rdpgui.core.instance import (
    ConnectionStatus,
    Instance,
    InstanceProtection,
    InstanceState,
    ManagedNode,
    PingStatus,
)
from rdpgui.core.passing_events import Looked
from rdpgui.core.place import Place
from rdpgui.core.recording import (
    Basis,
    Evidence,
    RecordingObject,
    RecordingPreferences,
    RecordingStatus,
    StatusStatement,
)
from rdpgui.core.reduce import reduce
from rdpgui.core.run import Phase, RunPlan, RunStatus
from rdpgui.core.run_events import (
    ActionAccepted,
    BaselineTaken,
    CandidatesFound,
    ConnectionChanged,
    FilmInspected,
    FilmSaved,
    InstanceChanged,
    IntentRecorded,
    PhaseEntered,
    RunEnded,
    RunStarted,
    SessionAttached,
    SessionLeftActive,
    Source,
    StatusStated,
    VerdictReached,
)
from rdpgui.core.session import PORT_FORWARDING_DOCUMENT, AccessType, Session, SessionStatus
from rdpgui.core.state import AppState
from rdpgui.core.verdict import Check, CheckId, CheckResult, Interval, Verdict, VerdictValue

NOW = datetime.now(UTC)
WATCHED = Look(NOW, time.monotonic(), 24 * 3600.0)
"""Somebody looks as long as the tests last."""
ACCOUNT, REGION = AccountId("123456789012"), Region("us-east-1")
ALLOWED = (("rdpgui:disruptable", "true"),)
PREFERENCES = RecordingPreferences("recordings-123456789012", ACCOUNT, "arn:aws:kms:us-east-1:123456789012:key/k1")
LAB = Place(scenario="default")
WEB1, WEB2, STOPPED, GROUPED = (InstanceId(f"i-0c4d19ab77aa11c0{n}") for n in (1, 2, 4, 6))


def instance(
    instance_id: InstanceId,
    name: str,
    state: InstanceState = InstanceState.RUNNING,
    tags: tuple[tuple[str, str], ...] = ALLOWED,
) -> Instance:
    """Return a Windows instance."""
    return Instance(instance_id, name, state, platform="windows", instance_type="m7i.large", tags=tags)


INSTANCES = (
    instance(WEB1, "fin-web-01"),
    instance(WEB2, "fin-web-02"),
    instance(STOPPED, "batch-07", InstanceState.STOPPED),
    instance(GROUPED, "asg-web", tags=(*ALLOWED, ("aws:autoscaling:groupName", "web"))),
)
NODES = tuple(
    ManagedNode(item.instance_id, PingStatus.ONLINE, NOW, "3.3.1", "Microsoft Windows Server 2022 Datacenter")
    for item in INSTANCES
    if item.state is InstanceState.RUNNING
)


def fold(state: AppState, *events: Event) -> AppState:
    """Return the state after events."""
    for event in events:
        state = reduce(state, event)
    return state


def seeded(*, lab: bool = True) -> AppState:
    """Return what is known after the first poll."""
    at = NOW - timedelta(minutes=5)
    return fold(
        AppState(),
        PlaceOpened(at, LAB if lab else Place(account_id=ACCOUNT, region=REGION)),
        IdentityObserved(
            at,
            ACCOUNT,
            f"arn:aws:iam::{ACCOUNT}:user/lab-admin",
            REGION,
            "",
            "http://127.0.0.1:1" if lab else "",
            lab,
            WATCHED,
        ),
        InstancesObserved(at, INSTANCES, NODES, WATCHED),
        SessionsObserved(at, (), WATCHED),
        PreferencesObserved(at, PREFERENCES, WATCHED),
        ObjectsObserved(at, PREFERENCES.bucket, (), WATCHED),
    )


def armed(state: AppState, instance_id: InstanceId = WEB1, left_s: float = 6 * 3600) -> AppState:
    """Return the state with an armed target."""
    return fold(state, Armed(NOW, ACCOUNT, REGION, instance_id, NOW + timedelta(seconds=left_s)))


def plan(run_id: str, disruption_id: DisruptionId, access_type: AccessType, at: datetime) -> RunPlan:
    """Return a plan as the lab's pace has it."""
    return RunPlan(
        RunId(run_id),
        disruption_id,
        access_type,
        WEB1,
        steady_s=1.5,
        os_delay_s=1,
        tolerance_s=3.0,
        session_end_limit_s=20.0,
        recording_limit_s=10.0,
        connect_limit_s=20.0,
        restore=True,
        created_at=at,
        lab=True,
    )


def session(run_id: str, at: datetime, ended_at: datetime | None = None) -> Session:
    """Return a run's session."""
    status = SessionStatus.TERMINATED if ended_at else SessionStatus.CONNECTED
    return Session(
        SessionId(f"lab-admin-{run_id}"), WEB1, status, ended_at is None, at, ended_at, PORT_FORWARDING_DOCUMENT, "me"
    )


def facts(start: datetime) -> FilmFacts:
    """Return a film of five seconds."""
    tail = TailMetrics(TailClass.SOLID_TEXT, 80.0, 12.0, 0.9, 0.02)
    return FilmFacts("mp4", "h264", 1280, 720, 412345, 5.02, 4.98, 51, 10.0, start, tail=tail, first_painted_at=start)


def verdict(value: VerdictValue) -> Verdict:
    """Return a verdict with all six checks."""
    checks = tuple(
        Check(check_id, CheckResult.HELD, "Checked: {what}.", (("what", check_id.value),)) for check_id in CheckId
    )
    if value is VerdictValue.FAIL:
        end = Check(
            CheckId.REACHES_END,
            CheckResult.CONTRADICTED,
            "Session end minus film end: {low} to {high} s (tolerance {tolerance} s).",
            (("low", "12.1"), ("high", "12.7"), ("tolerance", "3.0")),
            "film-ends-early",
        )
        checks = tuple(end if check.check_id is CheckId.REACHES_END else check for check in checks)
    return Verdict(value, checks, Interval(0.04, 0.14), 0.09)


def run_events(
    run_id: str = "r1",
    disruption_id: DisruptionId = DisruptionId.OS_SHUTDOWN,
    access_type: AccessType = AccessType.STANDARD,
    value: VerdictValue = VerdictValue.PASS,
    start: datetime = NOW - timedelta(seconds=40),
) -> tuple[Event, ...]:
    """Return the events of a whole run; cut the tuple to stop earlier."""
    rid, t = RunId(run_id), start

    def at(offset_s: float) -> datetime:
        return t + timedelta(seconds=offset_s)

    found = Evidence("Recordings go to {bucket}.", at(0.2), "ssm-guiconnect", True, (("bucket", PREFERENCES.bucket),))
    gone = Evidence("No recording preferences in this Region.", at(6.7), "test", None)
    running, ended = (replace(session(run_id, at(1.2), end_at), access_type=access_type) for end_at in (None, at(6.3)))
    item = RecordingObject(PREFERENCES.bucket, f"r/{run_id}.mp4", 412345, "e", at(7.9))
    statement = StatusStatement(RecordingStatus.RECORDING, Basis.INFERRED, at(1.2), (found,), (0.5, 2.5))
    processing = StatusStatement(RecordingStatus.PROCESSING, Basis.INFERRED, at(6.6), (found, gone), (0.5, 2.5))
    done = StatusStatement(RecordingStatus.VERIFIED, Basis.VERIFIED_HERE, at(8.9), (found,), (0.5, 2.5))
    baseline = BaselineTaken(
        at(0.2), rid, INSTANCES[0], InstanceProtection("stop", stop_protected=False), PREFERENCES, (), None, 0.0, 0.0
    )
    return (
        RunStarted(at(0), rid, plan(run_id, disruption_id, access_type, t), ACCOUNT, REGION, "0.2.0", LAB),
        PhaseEntered(at(0), rid, Phase.PREFLIGHT),
        baseline,
        PhaseEntered(at(0.3), rid, Phase.CONNECTING),
        *(Looked(at(1.6), rid, source, WATCHED) for source in Source),
        SessionAttached(at(1.6), rid, running),
        StatusStated(at(1.7), rid, statement),
        PhaseEntered(at(1.7), rid, Phase.STEADY),
        IntentRecorded(at(3.3), rid, disruption_id, "ssm:SendCommand", WEB1),
        ActionAccepted(at(3.5), rid, "ssm:SendCommand", "9f2c"),
        InstanceChanged(at(5.0), rid, InstanceState.STOPPING, "Client.InstanceInitiatedShutdown", "", at(4.6)),
        ConnectionChanged(at(5.8), rid, ConnectionStatus.NOT_CONNECTED, at(5.4)),
        SessionLeftActive(at(6.6), rid, ended, at(6.2)),
        PhaseEntered(at(6.7), rid, Phase.PROCESSING),
        StatusStated(at(6.7), rid, processing),
        CandidatesFound(at(8.4), rid, (item,)),
        FilmSaved(at(8.7), rid, item.key, "film.mp4", "ab" * 32, "CRC64NVME:x", checksum_matched=True),
        FilmInspected(at(8.9), rid, item.key, facts(at(1.25)), "last_frame.png", ""),
        StatusStated(at(8.9), rid, done),
        InstanceChanged(at(9.0), rid, InstanceState.STOPPED, "Client.InstanceInitiatedShutdown", "", at(8.6)),
        VerdictReached(at(9.1), rid, verdict(value)),
        PhaseEntered(at(11), rid, Phase.DONE),
        RunEnded(at(11), rid, RunStatus.COMPLETED, ""),
    )


def recording() -> AppState:
    """Return a state with a run whose session is being recorded."""
    return fold(armed(seeded()), *run_events()[:11], SessionsObserved(NOW, (session("r1", NOW),), WATCHED))


def processing() -> AppState:
    """Return a state with a run that waits for its recording."""
    return fold(armed(seeded()), *run_events()[:18])


def finished(value: VerdictValue = VerdictValue.PASS) -> AppState:
    """Return a state with a finished run."""
    start = NOW - timedelta(seconds=40)
    own = session("r1", start + timedelta(seconds=1.2), start + timedelta(seconds=6.3))
    return fold(armed(seeded()), *run_events(value=value, start=start), SessionsObserved(NOW, (own,), WATCHED))
