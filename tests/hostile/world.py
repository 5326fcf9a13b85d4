"""What a world consists of, as drawn: every part, in true time, before anything has happened.

Times are seconds of true time. A ``Moment`` hangs on an anchor, because when the order is called is known only
once the run has come so far; ``history.unfold`` turns the parts into what really happened.
Source: the facts about AWS (instances, sessions, objects, clocks); what is unknown there is a free choice here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rdpgui.core.disruption import DisruptionId, Effect
from rdpgui.core.session import PORT_FORWARDING_DOCUMENT, AccessType, SessionOrigin
from tests.hostile.moments import ClockSpec, Moment

EFFECTS = {
    DisruptionId.OS_REBOOT: Effect.RESTART,
    DisruptionId.EC2_REBOOT: Effect.RESTART,
    DisruptionId.DIAGNOSTIC_INTERRUPT: Effect.RESTART,
    DisruptionId.OS_SHUTDOWN: Effect.HALT,
    DisruptionId.EC2_STOP: Effect.HALT,
    DisruptionId.STOP_FORCE: Effect.HALT,
    DisruptionId.STOP_SKIP_OS_SHUTDOWN: Effect.HALT,
    DisruptionId.HIBERNATE: Effect.HALT,
    DisruptionId.SSM_AGENT_STOP: Effect.AGENT,
    DisruptionId.CONTROL_NONE: Effect.NONE,
    DisruptionId.CONTROL_DISCONNECT: Effect.NONE,
}
"""What each order does.

Source: EC2 StopInstances (also Force, SkipOsShutdown, Hibernate), RebootInstances, SendDiagnosticInterrupt (Windows
crashes, usually dumps its memory, and boots); Run Command for what is ordered inside.
"""

ORDERLY = frozenset(
    {
        DisruptionId.OS_REBOOT,
        DisruptionId.OS_SHUTDOWN,
        DisruptionId.EC2_REBOOT,
        DisruptionId.EC2_STOP,
        DisruptionId.STOP_FORCE,
    }
)
"""Windows is asked to go down, and shows that it does. A power cut, a crash, a hibernation and an agent that is taken
away show nothing on the remote desktop, which just ends."""

INSIDE = frozenset({DisruptionId.OS_REBOOT, DisruptionId.OS_SHUTDOWN, DisruptionId.SSM_AGENT_STOP})
"""Ordered through Run Command; the script waits for the plan's delay, so that the agent can answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the run is asked to do, and the pace of its environment."""

    disruption_id: DisruptionId
    by_hand: bool
    access: AccessType
    lab: bool
    poll_s: float
    os_delay_s: int
    steady_s: float
    end_limit_s: float
    recording_limit_s: float
    tolerance_s: float = 3.0
    person_limit_s: float = 3600.0

    @property
    def effect(self) -> Effect:
        """Return what the disruption does to the instance."""
        return EFFECTS[self.disruption_id]

    @property
    def shows_shutdown(self) -> bool:
        """Whether Windows shows a shutdown screen when it takes effect as planned."""
        return self.disruption_id in ORDERLY

    @property
    def delay_s(self) -> float:
        """Return how long after the call the effect can come at the earliest: ``shutdown /t N``, ``Start-Sleep N``."""
        return float(self.os_delay_s) if self.disruption_id in INSIDE and not self.by_hand else 0.0


class Answer(StrEnum):
    """What became of the call, and what was answered."""

    ACCEPTED = "accepted"
    IGNORED = "accepted and ignored"
    REFUSED = "refused"
    LOST = "done, the answer was lost"
    ERROR_DONE = "done, and answered with an error"


@dataclass(frozen=True, slots=True)
class Order:
    """The call. ``obey_s``: from the earliest possible effect to the real one; ``forced``: EC2 cuts, no screen.

    ``returns``: what it takes away comes back, a machine that was restarted or an agent that was stopped.
    Source: StopInstances and RebootInstances press the power button first, and cut after a few minutes.
    """

    answer: Answer = Answer.ACCEPTED
    call_s: float = 0.3
    obey_s: float = 1.0
    forced: bool = False
    error: str = ""
    returns: bool = True


class Deed(StrEnum):
    """What a person or a service does to a machine."""

    EC2_STOP = "ec2-stop"
    EC2_REBOOT = "ec2-reboot"
    EC2_TERMINATE = "ec2-terminate"
    EC2_HIBERNATE = "ec2-hibernate"
    EC2_INTERRUPT = "ec2-interrupt"
    OS_REBOOT = "os-reboot"
    OS_SHUTDOWN = "os-shutdown"
    AGENT_STOP = "agent-stop"


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does something to the target, besides the run's own order."""

    who: str
    deed: Deed
    moment: Moment


@dataclass(frozen=True, slots=True)
class Machine:
    """The target. Seconds: begin of the shutdown screen -> remote desktop cut -> off -> (kernel up -> agent up).

    ``agent_share``: where between cut and off the agent is lost. ``again_s``: updates restart it once more, 0 never.
    ``flaps``: the agent is away for a while although the machine runs.
    ``save_s``: the memory is saved, or dumped after a crash. ``away_s``: an agent that was stopped is away so long;
    ``worker_s``: its session's worker outlives it by so much. ``asleep``: how EC2 says that it was hibernated.
    """

    screen_s: float = 5.0
    off_s: float = 5.0
    kernel_s: float = 1.5
    boot_s: float = 30.0
    agent_share: float = 0.5
    again_s: float = 0.0
    notice_s: float = 2.0
    guest: ClockSpec = field(default_factory=ClockSpec)
    flaps: tuple[tuple[Moment, float], ...] = ()
    up_before_s: float = 3600.0
    save_s: float = 8.0
    away_s: float = 65.0
    worker_s: float = 0.5
    asleep: str = "User initiated"


class Created(StrEnum):
    """What the container's creation time says. Source: unknown for AWS, so all that recorders write."""

    NONE = "none"
    START = "start"
    END = "end"
    UPLOAD = "upload"
    EPOCH = "epoch"


class Naming(StrEnum):
    """What an object names: nothing, its session, only the instance, or a session that is not its own.

    That other session may be one of the account's, in the key (``ANOTHER_KEY``), or one that nobody lists.
    """

    NOTHING = "nothing"
    SESSION_KEY = "session in the key"
    SESSION_METADATA = "session in the metadata"
    INSTANCE = "instance"
    ANOTHER = "another session"
    ANOTHER_KEY = "another session in the key"


class Put(StrEnum):
    """What becomes of the upload."""

    DONE = "put"
    NEVER = "never put"
    ELSEWHERE = "put into another bucket"


@dataclass(frozen=True, slots=True)
class FilmSpec:
    """How one connection is filmed and stored.

    Attributes:
        delay_s: from the connection to the first picture. early_s: lost at the end. lag_s: recorded beyond the end.
        frozen_s: the picture stands still over the last seconds; black: and is black.
        hold_s: the last picture is held by its duration. hole_s: lost in the middle, the times closed up.
        still_s: nothing moves on the desktop for so long before its end (nobody touches it).
        static_screen: the shutdown screen does not move. disguise: the last picture looks like another class.
        recorder_off_s: the recorder's clock. shift_h: local time written as UTC.
        told_s: the recorder was told to begin so long before its first picture; that is what it states.
        split_s: goes on in a second object from so many seconds before its end, 0 not.
        parts_s: uploaded in parts, the first so long before the object is there, 0 not. LastModified is of the first.
    """

    delay_s: float = 0.5
    early_s: float = 0.1
    lag_s: float = 0.0
    frozen_s: float = 0.0
    black: bool = False
    hold_s: float = 0.0
    hole_s: float = 0.0
    still_s: float = 0.0
    static_screen: bool = False
    disguise: str = ""
    frame_rate: float = 10.0
    truncated: bool = False
    damaged: bool = False
    undecodable: bool = False
    checksum: bool | None = True
    created: Created = Created.START
    recorder_off_s: float = 0.0
    shift_h: int = 0
    dated: bool = False
    naming: Naming = Naming.NOTHING
    processing_s: float = 60.0
    put: Put = Put.DONE
    refused: bool = False
    twice: bool = False
    split_s: float = 0.0
    told_s: float = 0.0
    parts_s: float = 0.0


class Port(StrEnum):
    """What a session carries."""

    GUI = "remote desktop in the console"
    TUNNEL = "local tunnel to 3389"
    SHELL = "shell"


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody else's session. Source: GUI Connect and a local tunnel share the port-forwarding document."""

    who: str
    on_target: bool
    port: Port
    start: Moment
    length_s: float
    film: FilmSpec | None
    access: AccessType = AccessType.STANDARD

    @property
    def document(self) -> str:
        """Return the session document."""
        return "SSM-SessionManagerRunShell" if self.port is Port.SHELL else PORT_FORWARDING_DOCUMENT


@dataclass(frozen=True, slots=True)
class Leave:
    """The own session ends by itself: by a person, the idle limit, the maximum, the channel, the agent, the service."""

    cause: str
    moment: Moment


class LooseKind(StrEnum):
    """Objects without a session of this account."""

    OLDER = "older object"
    NOISE = "noise"
    FOREIGN = "film of another account"
    OVERWRITE = "the own film is written again"


@dataclass(frozen=True, slots=True)
class Loose:
    """One such object; ``length_s`` and ``film`` count for films."""

    kind: LooseKind
    put: Moment
    length_s: float = 30.0
    film: FilmSpec = field(default_factory=FilmSpec)


class EndDate(StrEnum):
    """What the service writes as EndDate."""

    END = "end"
    NOTICED = "noticed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Service:
    """How Systems Manager tells of sessions.

    Attributes:
        notice_s: from the end to when the session leaves Active.
        history_s: from then until the history lists it. whole_seconds: its times have no fraction.
    """

    notice_s: float = 1.0
    history_s: float = 0.0
    end_date: EndDate = EndDate.END
    whole_seconds: bool = False


class Topic(StrEnum):
    """What is read."""

    INSTANCE = "instance"
    CONNECTION = "connection"
    SESSION = "session"
    BOOT = "boot time"
    LISTING = "listing"
    HEAD = "object"
    PREFERENCES = "preferences"


@dataclass(frozen=True, slots=True)
class Outage:
    """Reads fail for a while."""

    moment: Moment
    for_s: float
    topics: frozenset[Topic]


@dataclass(frozen=True, slots=True)
class Reads:
    """How reads go.

    Attributes:
        instance_lag_s, connection_lag_s: the service answers with what was so long ago.
        denied: never allowed. empty_from: from then on so many answers of DescribeSessions are empty.
        uptime: the guest's uptime counter is read, too.
        offset_error_s: half the width of the clock bounds at the baseline; None when they could not be had.
    """

    latency_s: float = 0.2
    instance_lag_s: float = 0.0
    connection_lag_s: float = 0.0
    outages: tuple[Outage, ...] = ()
    denied: frozenset[Topic] = frozenset()
    empty_from: Moment | None = None
    empty_answers: int = 1
    uptime: bool = False
    offset_error_s: float | None = 0.6


class Wait(StrEnum):
    """When the run stops waiting for recordings: at the first one, when its own is there, at the limit."""

    FIRST = "first"
    OWN = "own"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Suspend:
    """The machine of the program sleeps from a moment on for so many seconds.

    ``counted``: monotonic time goes on meanwhile. Source: clock_gettime(2), CLOCK_MONOTONIC does not count it;
    QueryPerformanceCounter of Windows does.
    """

    moment: Moment
    for_s: float
    counted: bool


@dataclass(frozen=True, slots=True)
class Program:
    """The program and the person before it.

    Attributes:
        off: it is not running from a moment on for so many seconds, after the order.
        suspend: its machine sleeps for a while; the program goes on where it was.
        confirms: the person looks at the last picture and answers.
    """

    local: ClockSpec = field(default_factory=ClockSpec)
    off: tuple[Moment, float] | None = None
    suspend: Suspend | None = None
    wait: Wait = Wait.OWN
    confirms: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """One world. ``world_id`` replays it; ``access`` is what the session really became, ``origin`` how it is known.

    ``signs_alike``: the role of just-in-time access signs under one name for everybody.
    """

    world_id: str
    plan: Plan
    connect_s: float
    access: AccessType
    order: Order
    machine: Machine
    film: FilmSpec
    service: Service
    reads: Reads
    program: Program
    origin: SessionOrigin = SessionOrigin.CONSOLE_EVENT
    leave: Leave | None = None
    acts: tuple[Act, ...] = ()
    visits: tuple[Visit, ...] = ()
    loose: tuple[Loose, ...] = ()
    control_s: float = 0.5
    signs_alike: bool = False
