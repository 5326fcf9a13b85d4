"""The world with real child processes: small scripts that speak the lab's lines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rdpgui.lab.faults import FaultBook
from rdpgui.lab.model import AccessType, PowerState, RecordingStage
from rdpgui.lab.scenario import InstanceSpec, Scenario, Timings
from rdpgui.lab.world.children import ChildKind, Message, ProcessSpawner
from rdpgui.lab.world.timeline import ThreadTimeline
from rdpgui.lab.world.world import World
from tests.helpers.limits import limit_s
from tests.helpers.waiting import wait_for
from tests.helpers.world_kit import fresh_seam

ENOUGH_S = 20.0
GUEST = """
import json, sys, time
config = json.loads(sys.stdin.readline())
def say(event, **members):
    print(json.dumps({"event": event, "at_ms": int(time.time() * 1000), **members}), flush=True)
say("booting", rfb_port=1)
print("this is no event", flush=True)
print("[1]", flush=True)
say("ready", boot_at_ms=int(time.time() * 1000))
for line in sys.stdin:
    order = json.loads(line)
    if order["do"] in ("acpi", "shutdown"):
        say("shutdown-begun", action=order["action"], origin="acpi")
        say("desktop-closed", last_paint_ms=0)
        say("off", action=order["action"])
        sys.exit(0)
    if order["do"] == "screenshot":
        open(order["path"], "wb").write(b"jpeg")
        say("screenshot", path=order["path"])
"""
BROKER = """
import json, os, sys, time
config = json.loads(sys.stdin.readline())
def say(event, **members):
    print(json.dumps({"event": event, "at_ms": int(time.time() * 1000), **members}), flush=True)
if not config["finalise_only"]:
    say("viewer", port=2)
    say("connected", width=1, height=1)
    say("recording")
    for line in sys.stdin:
        break
    say("ended", reason="closed", last_frame_at_ms=int(time.time() * 1000), frames=1)
path = os.path.join(config["work_dir"], "recording.mp4")
open(path, "wb").write(b"film")
say("processed", path=path, normal=not config["finalise_only"])
"""
STUBBORN = """
import json, signal, sys, time
sys.stdin.readline()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(json.dumps({"event": "booting", "rfb_port": 1}), flush=True)
while True:
    time.sleep(0.05)
"""
QUICK = Timings(
    pending_s=0.05,
    stopping_s=0.05,
    boot_stagger_s=0,
    agent_online_s=0,
    connection_lost_s=0,
    session_end_s=0,
    processing_s=0,
    retry_first_s=0.05,
)
OWNER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.unit.lab.test_world_processes import make_world
world = make_world(Path({folder!r}), ["a", "b", "c", "d"])
pids = lambda: [item["pid"] for item in world.status()["instances"]]
import time
while not all(item["ready"] for item in world.status()["instances"]):
    time.sleep(0.02)
print(*pids(), flush=True)
time.sleep(60)
"""


def wait(met: Callable[[], bool], what: str) -> None:
    """Wait for a condition; ``what`` says in the test what it is."""
    del what
    wait_for(met, limit_s=ENOUGH_S)


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie that its parent has not reaped counts as ended)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return text.rpartition(")")[2].split()[0] == "Z"


def script(text: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", text)


def make_world(folder: Path, names: list[str], guest: str = GUEST) -> World:
    folder.mkdir(exist_ok=True)
    scenario = Scenario(name="test", fleet=tuple(InstanceSpec(name) for name in names), timings=QUICK)
    spawner = ProcessSpawner(folder, {ChildKind.GUEST: script(guest), ChildKind.BROKER: script(BROKER)})
    world = World(scenario, state_dir=folder, seam=fresh_seam(), faults=FaultBook(), language="en", spawner=spawner)
    world.seed()
    return world


def instances(world: World) -> list[dict[str, object]]:
    found = world.status()["instances"]
    assert isinstance(found, list)
    return found


def pids(world: World) -> list[int]:
    return [pid for pid in (item["pid"] for item in instances(world)) if isinstance(pid, int)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path / "state", ["a", "b"])
    wait(lambda: len(made.agents.nodes()) == 2, "both agents online")
    yield made
    made.close()


def first(world: World) -> str:
    return str(instances(world)[0]["id"])


@pytest.mark.logs("a line that is no event")
def test_that_one_run_goes_from_connection_to_object_and_back_online(world: World) -> None:
    name = first(world)
    connection_id = world.connections.open(name, AccessType.STANDARD).connection_id
    wait(lambda: world.connections.record(connection_id).stage is RecordingStage.RECORDING, "recording")
    assert world.connections.record(connection_id).viewer_port == 2
    world.connections.close(connection_id)
    wait(lambda: world.connections.record(connection_id).stage is RecordingStage.FINISHED, "the object")
    before = pids(world)
    world.instances.stop(name)
    wait(lambda: world.instances.state(name) is PowerState.STOPPED, "stopped")
    assert [node.instance_id for node in world.agents.nodes()] != []
    assert name not in [node.instance_id for node in world.agents.nodes()]
    world.instances.start(name)
    wait(lambda: world.agents.connected(name), "online again")
    assert gone(before[0])
    assert world.instances.screenshot(name) == b"jpeg"


@pytest.mark.logs("a line that is no event")
def test_that_a_killed_broker_leaves_a_film(world: World) -> None:
    connection_id = world.connections.open(first(world), AccessType.STANDARD).connection_id
    wait(lambda: world.connections.record(connection_id).stage is RecordingStage.RECORDING, "recording")
    world.connections.kill_broker(connection_id)
    wait(lambda: world.connections.record(connection_id).stage is RecordingStage.FINISHED, "the object")
    assert world.connections.record(connection_id).end_reason == "recorder-killed"


@pytest.mark.logs("a line that is no event")
def test_that_close_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    world = make_world(tmp_path / "state", ["a", "b"])
    wait(lambda: len(world.agents.nodes()) == 2, "both agents online")
    connection_id = world.connections.open(first(world), AccessType.STANDARD).connection_id
    wait(lambda: world.connections.record(connection_id).stage is RecordingStage.RECORDING, "recording")
    left = pids(world)
    world.close()
    assert len(left) == 2
    assert all(gone(pid) for pid in left)
    assert not (tmp_path / "state" / "world").exists()
    names = [thread.name for thread in threading.enumerate()]
    assert [name for name in names if name.startswith(("lab-timeline", "lab-read"))] == []


def test_that_close_ends_a_guest_that_listens_to_nothing(tmp_path: Path) -> None:
    world = make_world(tmp_path / "state", ["a"], guest=STUBBORN)
    wait(lambda: len(pids(world)) == 1, "the guest")
    (pid,) = pids(world)
    world.close()
    assert gone(pid)


def test_that_close_while_booting_starts_nothing_more(tmp_path: Path) -> None:
    world = make_world(tmp_path / "state", [f"n{number}" for number in range(6)])
    world.close()
    assert pids(world) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_that_guests_end_when_their_owner_is_killed(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER.format(root=str(root), folder=str(tmp_path / "state"))],
        stdout=subprocess.PIPE,
        cwd=root,
        text=True,
    )
    try:
        assert owner.stdout is not None
        children = [int(pid) for pid in owner.stdout.readline().split()]
        assert len(children) == 4
        assert not any(gone(pid) for pid in children)
        os.kill(owner.pid, signal.SIGKILL)
        wait(lambda: all(gone(pid) for pid in children), "the end of all guests")
    finally:
        owner.kill()
        owner.communicate()


@pytest.mark.logs("cannot be started")
def test_that_a_program_that_is_not_there_makes_a_dead_machine(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    spawner = ProcessSpawner(tmp_path, {ChildKind.GUEST: ("/nonexistent/guest",), ChildKind.BROKER: script(BROKER)})
    world = World(
        Scenario(name="test", fleet=(InstanceSpec("a"),), timings=QUICK),
        state_dir=tmp_path / "state",
        seam=fresh_seam(),
        faults=FaultBook(),
        language="en",
        spawner=spawner,
    )
    world.seed()
    wait(lambda: world.instances.status_check(first(world)) == "impaired", "impaired")
    assert world.instances.state(first(world)) is PowerState.RUNNING
    world.close()


@pytest.mark.logs("could not be handled")
def test_that_a_childs_events_come_in_order_and_its_end_last(tmp_path: Path) -> None:
    told: list[object] = []
    done = threading.Event()

    def hear(message: Message) -> None:
        told.append(message["event"])
        if message["event"] == "two":
            raise RuntimeError("a bad event must not end the reading")

    def end(status: int) -> None:
        told.append(status)
        done.set()

    text = """
import sys
print(sys.stdin.readline(), end="")
for event in ("two", "three"):
    print('{"event": "%s"}' % event)
sys.exit(3)
"""
    spawner = ProcessSpawner(tmp_path, {ChildKind.GUEST: script(text)})
    child = spawner.spawn(ChildKind.GUEST, "a", {"event": "echo \u00e9"}, hear, end)
    assert done.wait(limit_s(ENOUGH_S))
    assert told == ["echo \u00e9", "two", "three", 3]
    assert child.wait(limit_s(ENOUGH_S))
    assert child.send({"do": "close"}) is False
    child.kill()


def test_that_secrets_are_neither_on_the_command_line_nor_in_the_environment(tmp_path: Path) -> None:
    text = "import json, os, sys; print(json.dumps({'event': 'seen', 'text': str(sys.argv) + str(dict(os.environ))}))"
    seen: list[Message] = []
    done = threading.Event()
    spawner = ProcessSpawner(tmp_path, {ChildKind.GUEST: script(text)})
    spawner.spawn(ChildKind.GUEST, "a", {"rfb_password": "s3cr3t-w0rd"}, seen.append, lambda status: done.set())
    assert done.wait(limit_s(ENOUGH_S))
    assert "s3cr3t-w0rd" not in json.dumps(seen)
    assert '"seen"' in json.dumps(seen)
    assert (tmp_path / "a.log").stat().st_mode & 0o777 == 0o600


def test_that_the_timeline_keeps_order_survives_failures_and_obeys_cancel(caplog: pytest.LogCaptureFixture) -> None:
    timeline = ThreadTimeline()
    told: list[str] = []
    done = threading.Event()

    def fail() -> None:
        raise RuntimeError("one transition fails")

    timeline.after(0.06, done.set, "last")
    timeline.after(0.03, lambda: told.append("second"), "second")
    timeline.after(0.0, fail, "broken")
    timeline.after(0.0, lambda: told.append("first"), "first")
    timeline.after(0.04, lambda: told.append("never"), "cancelled").cancel()
    assert done.wait(limit_s(ENOUGH_S))
    timeline.after(0.0, lambda: told.append("late"), "late")
    timeline.close()
    assert told[:2] == ["first", "second"]
    assert "never" not in told
    assert "lab transition failed: broken" in caplog.text
    assert timeline.now().tzinfo is UTC
    assert isinstance(timeline.now(), datetime)
