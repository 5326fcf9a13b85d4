"""A lab's world whose time is moved by hand and whose guests and brokers are played by the test."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rdpgui.lab.faults import FaultBook, FaultKind, FaultRule
from rdpgui.lab.model import AccessType, ConnectionRecord, PowerState
from rdpgui.lab.moto.backend import backend_of
from rdpgui.lab.moto.seam import MotoSeam
from rdpgui.lab.scenario import (
    InitialState,
    InstanceSpec,
    JitRules,
    RecordingRules,
    Scenario,
    ShellLogRules,
    ShutdownBehavior,
    Timings,
    Variants,
)
from rdpgui.lab.scenario_people import PersonAct
from rdpgui.lab.world.children import ChildKind, Message, OnEvent, OnExit
from rdpgui.lab.world.timeline import Timer
from rdpgui.lab.world.world import World

REGION = "eu-west-1"
START = datetime(2026, 1, 1, tzinfo=UTC)


class ManualTimeline:
    """Time stands still until ``advance``."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at
        self._due: list[tuple[datetime, int, Timer]] = []
        self._count = itertools.count()

    def now(self) -> datetime:
        return self.at

    def after(self, delay_s: float, call: Callable[[], None], what: str) -> Timer:
        timer = Timer(call, what)
        heapq.heappush(self._due, (self.at + timedelta(seconds=max(delay_s, 0.0)), next(self._count), timer))
        return timer

    def close(self) -> None:
        self._due.clear()

    def advance(self, seconds: float) -> None:
        """Move on, making every call that becomes due, each at its own time."""
        until = self.at + timedelta(seconds=seconds)
        while self._due and self._due[0][0] <= until:
            self.at, _, timer = heapq.heappop(self._due)
            timer.fire()
        self.at = until


@dataclass(eq=False)
class FakeChild:
    """A child that says what the test wants."""

    kind: ChildKind
    config: Message
    on_event: OnEvent
    on_exit: OnExit
    pid: int
    alive: bool = True
    heard: list[Message] = field(default_factory=list)
    answers: Callable[[Message], None] | None = None

    def send(self, message: Message) -> bool:
        if self.alive:
            self.heard.append(message)
            if self.answers is not None:
                self.answers(message)
        return self.alive

    def kill(self) -> None:
        self.leave(-9)

    def wait(self, timeout_s: float) -> bool:
        return True

    def say(self, event: str, **members: object) -> None:
        self.on_event({"event": event, **members})

    def leave(self, status: int) -> None:
        """End, once."""
        if self.alive:
            self.alive = False
            self.on_exit(status)


class FakeSpawner:
    """Keeps every child that was started."""

    def __init__(self) -> None:
        self.children: list[FakeChild] = []

    def spawn(self, kind: ChildKind, name: str, config: Message, on_event: OnEvent, on_exit: OnExit) -> FakeChild:
        child = FakeChild(kind, config, on_event, on_exit, pid=1000 + len(self.children))
        self.children.append(child)
        return child


TIMINGS = Timings(
    pending_s=10,
    stopping_s=5,
    hard_stop_s=100,
    boot_stagger_s=1,
    agent_online_s=2,
    connection_lost_s=3,
    ping_lost_s=60,
    session_end_s=4,
    history_delay_s=7,
    processing_s=20,
    retry_first_s=8,
    command_s=1,
    shutdown_delay_limit_s=30,
)
FLEET = (
    InstanceSpec("web", tags={"rdpgui:disruptable": "true"}),
    InstanceSpec("idle", state=InitialState.STOPPED),
    InstanceSpec("fragile", shutdown_behavior=ShutdownBehavior.TERMINATE),
    InstanceSpec("kept", state=InitialState.RUNNING, disable_api_stop=True, disable_api_termination=True),
)


class Played:
    """The time and the children of a world, moved and played by the test."""

    def __init__(self, at: datetime = START) -> None:
        self.timeline = ManualTimeline(at)
        self.spawner = FakeSpawner()

    def ms(self) -> int:
        return int(self.timeline.at.timestamp() * 1000)

    def guests(self, instance_id: str) -> list[FakeChild]:
        """All guests that an instance ever had."""
        return [c for c in self.spawner.children if c.kind is ChildKind.GUEST and self._of(c, instance_id)]

    def living(self, instance_id: str) -> list[FakeChild]:
        """The guests of an instance that live: one or none."""
        return [child for child in self.guests(instance_id) if child.alive]

    def guest(self, instance_id: str) -> FakeChild:
        """The living guest of an instance."""
        return self.living(instance_id)[0]

    def broker(self, connection_id: str) -> FakeChild:
        """The newest broker of a connection."""
        found = [c for c in self.spawner.children if c.config.get("connection_id") == connection_id]
        return found[-1]

    def up(self, instance_id: str) -> FakeChild:
        """Let the guest boot and its agent come online."""
        guest, at_ms = self.guest(instance_id), self.ms()
        guest.say("booting", at_ms=at_ms, rfb_port=5900)
        guest.say("ready", at_ms=at_ms, boot_at_ms=at_ms)
        self.timeline.advance(2)
        return guest

    def down(self, instance_id: str, action: str) -> None:
        """Let the guest shut down in order."""
        guest = self.guest(instance_id)
        guest.say("shutdown-begun", action=action, origin="acpi")
        self.timeline.advance(1)
        guest.say("desktop-closed", at_ms=self.ms())
        self.timeline.advance(1)
        guest.say("off", action=action)
        guest.leave(0)

    def record(self, broker: FakeChild) -> None:
        """Let a broker connect and record."""
        broker.say("viewer", port=6000)
        broker.say("connected", at_ms=self.ms(), width=1280, height=720)
        broker.say("recording", at_ms=self.ms())

    @staticmethod
    def _of(child: FakeChild, instance_id: str) -> bool:
        return child.config.get("instance_id") == instance_id


class Kit(Played):
    """A seeded world and everything around it."""

    def __init__(self, scenario: Scenario, folder: Path, seam: MotoSeam) -> None:
        super().__init__()
        self.seam, self.faults = seam, FaultBook()
        self.world = World(
            scenario,
            state_dir=folder,
            seam=seam,
            faults=self.faults,
            language="en",
            spawner=self.spawner,
            timeline=self.timeline,
        )
        self.world.seed()
        self.timeline.advance(len(scenario.fleet))
        self.ids = {str(item["name"]): str(item["id"]) for item in listed(self.world)}

    def connect(self, instance_id: str, access_type: AccessType = AccessType.STANDARD, request: str = "") -> str:
        """Open a connection and let its recorder begin; returns its id."""
        connection = self.world.connections.open(instance_id, access_type, access_request_id=request)
        self.record(self.broker(connection.connection_id))
        return connection.connection_id

    def finish(self, connection_id: str, reason: str = "closed", film: bytes = b"film" * 100) -> None:
        """Let the broker end its connection and make the film."""
        broker = self.broker(connection_id)
        broker.say("ended", at_ms=self.ms(), reason=reason, last_frame_at_ms=self.ms(), frames=10)
        self.film(broker, film)
        broker.leave(0)

    def film(self, broker: FakeChild, film: bytes = b"film" * 100, *, normal: bool = True) -> None:
        path = Path(str(broker.config["work_dir"])) / "recording.mp4"
        path.write_bytes(film)
        broker.say("processed", at_ms=self.ms(), path=str(path), size_bytes=len(film), normal=normal)

    def get(self, connection_id: str) -> ConnectionRecord:
        return self.world.connections.record(connection_id)

    def stored(self, bucket: str, key: str) -> bytes:
        """Read an object's bytes behind the endpoint's back."""
        from moto.s3.models import s3_backends

        value = s3_backends[self.seam.account_id]["aws"].get_object(bucket, key).value
        assert isinstance(value, bytes)
        return value

    def fault(self, kind: FaultKind, **members: object) -> None:
        self.faults.add(FaultRule.from_json({"kind": kind.value, **members}))


def scenario_of(
    fleet: tuple[InstanceSpec, ...] = FLEET,
    *,
    recording: RecordingRules | None = None,
    jit: JitRules | None = None,
    variants: Variants | None = None,
    timings: Mapping[str, float] | None = None,
    faults: tuple[dict[str, object], ...] = (),
    people: tuple[PersonAct, ...] = (),
    shell_log: ShellLogRules | None = None,
) -> Scenario:
    """A scenario with the kit's timings."""
    return Scenario(
        name="test",
        fleet=fleet,
        timings=replace(TIMINGS, **(timings or {})),
        recording=recording or RecordingRules(),
        jit=jit or JitRules(approval_delay_s=5, access_duration_s=600),
        variants=variants or Variants(),
        shell_log=shell_log or ShellLogRules(),
        faults=faults,
        people=people,
    )


def make_kit(
    folder: Path,
    *,
    recording: RecordingRules | None = None,
    jit: JitRules | None = None,
    variants: Variants | None = None,
    timings: Mapping[str, float] | None = None,
    fleet: tuple[InstanceSpec, ...] = FLEET,
    faults: tuple[dict[str, object], ...] = (),
    people: tuple[PersonAct, ...] = (),
    shell_log: ShellLogRules | None = None,
) -> Kit:
    """Seed a world on a fresh moto; its guests are started but not up."""
    seam = fresh_seam()
    if shell_log is not None:
        for service in ("ssm", "logs"):
            backend_of(service)[seam.account_id][REGION].reset()
    scenario = scenario_of(
        fleet,
        recording=recording,
        jit=jit,
        variants=variants,
        timings=timings,
        faults=faults,
        people=people,
        shell_log=shell_log,
    )
    return Kit(scenario, folder, seam)


def fresh_seam() -> MotoSeam:
    """moto with nothing in it, in a Region of its own: moto's state is global, and other tests have theirs."""
    seam = MotoSeam(region=REGION)
    with seam.lock:
        for service, region in (("ec2", REGION), ("kms", REGION), ("s3", "aws"), ("iam", "aws")):
            backend_of(service)[seam.account_id][region].reset()
    return seam


def listed(world: World) -> list[dict[str, object]]:
    """The instances of the status."""
    instances = world.status()["instances"]
    assert isinstance(instances, list)
    return instances


RUNNING, STOPPED = PowerState.RUNNING, PowerState.STOPPED
