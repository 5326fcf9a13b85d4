"""What is known at one moment: immutable snapshots that the panels render and the rules judge.

Only ``reduce.py`` makes new ones from events, and ``readings.py`` from those of watchers. Mappings are never changed in
place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from rdpgui.core.account_events import IdentityObserved, ObjectsObserved, PreferencesObserved, Topic
from rdpgui.core.arming import Arming
from rdpgui.core.freshness import Look
from rdpgui.core.ids import AccountId, InstanceId, Region, RunId
from rdpgui.core.instance import Instance, ManagedNode
from rdpgui.core.passing_events import Progressed, ScreenRead
from rdpgui.core.people_events import SessionAnswered, SessionQuestioned
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord, RecordingObject, StatusStatement
from rdpgui.core.remark import NO_REMARK, Remark
from rdpgui.core.run import Phase, RunPlan, RunStatus
from rdpgui.core.run_events import (
    ActionAccepted,
    ActionFailed,
    BaselineTaken,
    BootTimeRead,
    ClockSampled,
    ConnectionChanged,
    ConnectionClosed,
    ConnectionOpened,
    DestinationRead,
    FilmInspected,
    FilmSaved,
    InstanceChanged,
    IntentRecorded,
    NeighboursRead,
    SessionAttached,
    SessionLeftActive,
    Source,
    SourceUnread,
    WitnessSaved,
)
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.session import AccessType, Session
from rdpgui.core.sign_in import SignInNeed
from rdpgui.core.verdict import Verdict, VisualConfirmation

LOG_LIMIT = 2_000
"""Lines kept in the shown log; the journals keep all."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the run log.

    Attributes:
        level: ``info``, ``warning`` or ``error``.
        text: English message id with ``{name}`` fields; ``fields`` holds the values.
        run_id: None for what belongs to no run.
    """

    at: datetime
    level: str
    text: str
    fields: tuple[tuple[str, str], ...] = ()
    run_id: RunId | None = None

    def shown(self) -> str:
        """Return the line in English."""
        return self.text.format(**dict(self.fields))


@dataclass(frozen=True, slots=True)
class Stale:
    """A topic that could not be read since ``since_at``; what is shown of it is older.

    ``need``: what helps when it is because nobody is signed in, None for any other reason.
    """

    since_at: datetime
    error: str
    remedy: str
    need: SignInNeed | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """A poll that has had no answer yet: begun when, and what is waited for."""

    since_at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class PhaseMark:
    """When a phase was entered."""

    phase: Phase
    at: datetime


@dataclass(frozen=True, slots=True)
class BytesRead:
    """What is known of the bytes that lie under a key now; what was read of others before them says nothing of these.

    Attributes:
        etag, size_bytes: of the candidate; empty and 0 while none of that key was listed.
    """

    key: str
    etag: str = ""
    size_bytes: int = 0
    saved: FilmSaved | None = None
    inspected: FilmInspected | None = None


@dataclass(frozen=True, slots=True)
class RunState:
    """One run, rebuilt from its journal.

    Attributes:
        place: where its evidence belongs, None when that was not recorded.
        phases: every phase entered, in order; the last is the current one.
        questions, answers: sessions that were asked about, and what a person said of them.
        opened, closed: the connection that the run opened itself, and its end as far as the program made it.
        intents, accepted, failed: of the disruption and of restoring, in order.
        instance_changes, connection_changes, boot_reads: what was seen of the target. unread: when nobody saw it.
        witness: the newest console screenshot from while the disruption took effect.
        left: the session left Active; again with EndDate when the history showed it later.
        first_left_at: when it was first seen as no longer active.
        bytes_read: of each key that was a candidate, what was saved and inspected of its present bytes.
        first_listed: keys of all that was a candidate, each with the local time at which it was first found.
        statements: recording statuses in the order they were stated, each with its time in ``stated_at``.
        film_offset_s: a person's correction of where the film lies on the clock, seconds.
        clock_samples: the local clock against the others, in order; empty in journals of 0.1.0.
        neighbours: other sessions whose film could be taken for this run's; None when nobody looked.
        destination: what was read of the destination when the wait ended; None when nobody looked.
        judged: the run as it stood when its own last verdict was written; None before. What came later is no evidence.
        progress: running work, None when nothing runs.
        adopted: not of this opening of its place: read from a journal, or its place was left since.
        archived: put away by a person; nothing counts it.
        remark: what a tester wrote on it; no evidence.
        carried: this process carries it on; False for a run read from a journal without an end, until it is taken up.
        last_at: when it was last known to go on: its last event, or its last before it was interrupted.
    """

    run_id: RunId
    plan: RunPlan
    account_id: AccountId
    region: Region
    started_at: datetime
    place: Place | None = None
    status: RunStatus = RunStatus.RUNNING
    reason: str = ""
    ended_at: datetime | None = None
    phases: Sequence[PhaseMark] = ()
    baseline: BaselineTaken | None = None
    opened: ConnectionOpened | None = None
    closed: ConnectionClosed | None = None
    questions: Sequence[SessionQuestioned] = ()
    answers: Sequence[SessionAnswered] = ()
    attached: SessionAttached | None = None
    intents: Sequence[IntentRecorded] = ()
    accepted: Sequence[ActionAccepted] = ()
    failed: Sequence[ActionFailed] = ()
    instance_changes: Sequence[InstanceChanged] = ()
    connection_changes: Sequence[ConnectionChanged] = ()
    boot_reads: Sequence[BootTimeRead] = ()
    unread: Sequence[SourceUnread] = ()
    witness: WitnessSaved | None = None
    left: SessionLeftActive | None = None
    first_left_at: datetime | None = None
    candidates: tuple[RecordingObject, ...] = ()
    candidates_at: datetime | None = None
    first_listed: tuple[tuple[str, datetime], ...] = ()
    bytes_read: tuple[BytesRead, ...] = ()
    saved: Sequence[FilmSaved] = ()
    inspected: Sequence[FilmInspected] = ()
    statements: Sequence[StatusStatement] = ()
    stated_at: Sequence[datetime] = ()
    verdict: Verdict | None = None
    judged: RunState | None = None
    confirmation: VisualConfirmation | None = None
    console_word: ConsoleWord | None = None
    film_offset_s: float = 0.0
    clock_samples: Sequence[ClockSampled] = ()
    neighbours: NeighboursRead | None = None
    destination: DestinationRead | None = None
    log: Sequence[LogLine] = ()
    progress: Progressed | None = None
    archived: bool = False
    remark: Remark = NO_REMARK
    carried: bool = True
    adopted: bool = False
    last_at: datetime | None = None

    @property
    def phase(self) -> Phase:
        """Return the current phase."""
        return self.phases[-1].phase if self.phases else Phase.PREFLIGHT

    @property
    def active(self) -> bool:
        """Whether the run still goes on, here. Only of such a run anything is said in the present."""
        return self.carried and self.is_open

    @property
    def is_open(self) -> bool:
        """Whether its journal has no end, whoever wrote it."""
        return self.status is RunStatus.RUNNING

    @property
    def session(self) -> Session | None:
        """Return the run's session as last seen, None before it was found."""
        if self.left is not None:
            return self.left.session
        return self.attached.session if self.attached is not None else None

    @property
    def access_type(self) -> AccessType:
        """Return how the attached session was really allowed; before there is one, how it was planned."""
        return self.attached.session.access_type if self.attached is not None else self.plan.access_type

    @property
    def open_question(self) -> SessionQuestioned | None:
        """Return the newest question about a session that nobody answered and that the run still waits with."""
        if not self.active or self.attached is not None:
            return None
        said = {answer.session_id for answer in self.answers}
        return next((asked for asked in reversed(self.questions) if asked.session.session_id not in said), None)

    def read_of(self, key: str) -> BytesRead:
        """Return what is known of the bytes that lie under a key."""
        return next((read for read in self.bytes_read if read.key == key), BytesRead(key))

    @property
    def statement(self) -> StatusStatement | None:
        """Return the recording status as last stated."""
        return self.statements[-1] if self.statements else None

    @property
    def disruption_intent(self) -> IntentRecorded | None:
        """Return the intent of the disruption (not of restoring), None before it."""
        for intent in self.intents:
            if intent.disruption_id is self.plan.disruption_id and intent.action != RESTORE_ACTION:
                return intent
        return None

    def entered_at(self, phase: Phase) -> datetime | None:
        """Return when a phase was first entered, None when it was not."""
        return next((mark.at for mark in self.phases if mark.phase is phase), None)


RESTORE_ACTION = "ec2:StartInstances"
"""The action of restoring; its intents and answers are kept apart from the disruption's."""


@dataclass(frozen=True, slots=True)
class AppState:
    """Everything that is shown.

    Attributes:
        place: what is looked at, known before anybody could be identified; None before anything is opened.
        instances, nodes: by instance id. nodes_known: the last reading of the nodes succeeded.
        rows_read: the instances that the last look read, None for all. rest_at: since when the others were not read.
        listed: what ``instances`` and ``nodes`` were made of: the same list again makes the same mappings.
        sessions: active and history, as last observed.
        preferences, objects: None before the first observation.
        observed_at: when each topic was last read. looks: the same with its poll time, on both clocks.
        run_looks: the last good look of each poller of a run.
        screens: of runs that go on, the newest picture of the console, and why there is no newer one.
        stale: topics whose last poll failed. waits: those whose poll has had no answer for a while.
        arming: what a person armed, None when nothing. run_armings: what each run armed for an action of its own.
        emergency_at: set while the emergency stop is latched.
        runs: those that go on and those that somebody looks at, by id, in the order of their start; of every place.
        history: every run by id, in the order of their start, one line each.
    """

    place: Place | None = None
    identity: IdentityObserved | None = None
    instances: Mapping[InstanceId, Instance] = field(default_factory=dict)
    nodes: Mapping[InstanceId, ManagedNode] = field(default_factory=dict)
    nodes_known: bool = False
    rows_read: frozenset[InstanceId] | None = None
    rest_at: datetime | None = None
    listed: tuple[tuple[Instance, ...], tuple[ManagedNode, ...]] = ((), ())
    sessions: tuple[Session, ...] = ()
    preferences: PreferencesObserved | None = None
    objects: ObjectsObserved | None = None
    observed_at: Mapping[Topic, datetime] = field(default_factory=dict)
    looks: Mapping[Topic, Look] = field(default_factory=dict)
    run_looks: Mapping[tuple[RunId, Source], Look] = field(default_factory=dict)
    screens: Mapping[RunId, ScreenRead] = field(default_factory=dict)
    stale: Mapping[Topic, Stale] = field(default_factory=dict)
    waits: Mapping[Topic, Waits] = field(default_factory=dict)
    arming: Arming | None = None
    run_armings: Mapping[RunId, Arming] = field(default_factory=dict)
    emergency_at: datetime | None = None
    runs: Mapping[RunId, RunState] = field(default_factory=dict)
    history: Mapping[RunId, RunSummary] = field(default_factory=dict)
    log: Sequence[LogLine] = ()

    @property
    def sign_in_need(self) -> Stale | None:
        """Return why nobody is signed in and what helps, as the first topic found out; None while somebody is."""
        return next((stale for stale in self.stale.values() if stale.need is not None), None)

    @property
    def emergency(self) -> bool:
        """Whether the emergency stop is latched."""
        return self.emergency_at is not None

    @property
    def armings(self) -> tuple[Arming, ...]:
        """Return everything that is armed: a person's target, then those of runs, oldest first."""
        own = () if self.arming is None else (self.arming,)
        return (*own, *self.run_armings.values())

    def arming_for(self, instance_id: InstanceId, run_id: RunId | None = None) -> Arming | None:
        """Return what may allow an action on a target: the run's own arming, else a person's, whatever it covers."""
        own = self.run_armings.get(run_id) if run_id is not None else None
        return own if own is not None and own.instance_id == instance_id else self.arming

    @property
    def active_runs(self) -> tuple[RunState, ...]:
        """Return the runs that still go on here, oldest first; what is open elsewhere waits until that is opened."""
        here = self.place
        return tuple(run for run in self.runs.values() if run.active and (here is None or here.holds(run.place)))

    @property
    def runs_here(self) -> tuple[RunState, ...]:
        """Return the runs of the place that is looked at, oldest first: the only ones that may be summed up."""
        here = self.place
        return () if here is None else tuple(run for run in self.runs.values() if here.holds(run.place))

    @property
    def history_here(self) -> tuple[RunSummary, ...]:
        """Return the lines of the place that is looked at, oldest first; a run that was put away is left out."""
        here = self.place
        if here is None or not here.known:
            return ()
        key = here.key
        return tuple(run for run in self.history.values() if run.place == key and not run.archived)


_PARTS = tuple(item.name for item in fields(AppState) if item.name not in ("observed_at", "looks", "run_looks"))


def only_looked_at(before: AppState, after: AppState) -> bool:
    """Whether a snapshot holds the very same as the one before, seen once more; also that something was seen at all."""
    return before.observed_at.keys() == after.observed_at.keys() and all(
        getattr(before, name) is getattr(after, name) for name in _PARTS
    )
