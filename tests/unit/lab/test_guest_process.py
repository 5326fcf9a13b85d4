"""The guest as a process: its events, its picture over RFB, and its ends."""

from __future__ import annotations

import os
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from rdpgui.lab.guest.keys import Keysym
from rdpgui.lab.guest.layout import Layout
from rdpgui.lab.rfb import RfbClient, RfbClosed
from tests.helpers.limits import Limit
from tests.helpers.painted_clock import read_clock
from tests.helpers.recording_pair import GUEST_PASSWORD, Child, unix_ms

LAYOUT = Layout(1280, 720, 4, 3)


class GuestChild(Child):
    """A guest with short times."""

    def __init__(self, **changes: object) -> None:
        super().__init__(
            "rdpgui.lab.guest",
            {
                "instance_id": "i-0123",
                "computer_name": "PC",
                "user": "User",
                "rfb_password": GUEST_PASSWORD,
                "boot_s": 0.1,
                "shutdown_screen_s": 0.3,
                "off_after_desktop_s": 0.1,
                **changes,
            },
        )

    def connect(self) -> RfbClient:
        client = RfbClient("127.0.0.1", self.expect("booting")["rfb_port"], GUEST_PASSWORD)
        client.connect()
        return client


@pytest.fixture
def start() -> Iterator[Callable[..., GuestChild]]:
    children: list[GuestChild] = []

    def starter(**changes: object) -> GuestChild:
        children.append(GuestChild(**changes))
        return children[-1]

    yield starter
    for child in children:
        child.kill()


Start = Callable[..., GuestChild]


def watch(client: RfbClient, condition: Callable[[], bool], *, limit_s: float = 10.0) -> None:
    """Follow the picture until the condition holds."""
    limit = Limit(limit_s)
    while not condition():
        assert not limit.over, "the picture never showed it"
        if client.read(0.05):
            client.request()


def watch_to_the_end(client: RfbClient) -> None:
    with pytest.raises(RfbClosed):
        watch(client, lambda: False)
    client.close()


def is_blue(client: RfbClient) -> bool:
    """Whether the full-screen blue of restart and shutdown is shown."""
    blue, _green, red = (int(value) for value in client.frame[400, 20, :3])
    return blue > 150 and red < 30 and bool((client.frame[200:700:50, 20] == client.frame[400, 20]).all())


def press(client: RfbClient, *keysyms: int) -> None:
    for keysym in keysyms:
        client.send_key(keysym, True)
        client.send_key(keysym, False)


def test_that_a_shutdown_by_command_tells_its_events_in_order(start: Start) -> None:
    guest = start()
    guest.expect("ready")
    guest.say({"do": "shutdown", "action": "shutdown", "origin": "run-command", "delay_s": 0})
    assert guest.wait() == 0
    assert guest.names() == ["booting", "ready", "shutdown-begun", "desktop-closed", "off"]
    begun, closed, off = guest.events[2:]
    assert (begun["action"], begun["origin"], off["action"]) == ("shutdown", "run-command", "shutdown")
    assert [event["at_ms"] for event in guest.events] == sorted(event["at_ms"] for event in guest.events)
    assert begun["at_ms"] <= closed["last_paint_ms"] <= closed["at_ms"]


@pytest.mark.case("V6", "V8")
def test_that_a_clock_that_is_set_moves_the_painted_clock_and_the_last_boot(start: Start) -> None:
    guest = start(boot_s=3.0)
    client = guest.connect()
    booted_ms = guest.expect("booting")["at_ms"]
    guest.say({"do": "step-clock", "seconds": -7200})
    watch(client, lambda: (read_clock(client.frame) or booted_ms) < booted_ms - 3_600_000)
    assert guest.expect("ready")["boot_at_ms"] < booted_ms - 3_600_000
    client.close()


def test_that_the_last_picture_is_the_shutdown_screen_painted_right_before_the_end(start: Start) -> None:
    guest = start(shutdown_screen_s=0.35)
    client = guest.connect()
    guest.expect("ready")
    told_ms = int(time.time() * 1000)  # The guest's clock tells whole milliseconds as well.
    guest.say({"do": "acpi", "action": "restart"})
    watch_to_the_end(client)
    assert guest.wait() == 0
    closed = guest.expect("desktop-closed")
    assert is_blue(client)
    assert read_clock(client.frame) == closed["last_paint_ms"]
    assert guest.expect("shutdown-begun")["origin"] == "acpi"
    # The frame of the end is one more than the beat of 100 ms would paint.
    assert closed["last_paint_ms"] >= told_ms + 350


def test_that_a_person_shuts_it_down_with_the_mouse(start: Start) -> None:
    guest = start()
    client = guest.connect()
    guest.expect("ready")
    for rect in (LAYOUT.start_button, LAYOUT.power_button, LAYOUT.flyout_row(1)):
        x, y = rect.x + 20, rect.y + 20
        for buttons in (0, 1, 0):
            client.send_pointer(x, y, buttons)
    watch(client, lambda: is_blue(client))
    begun = guest.expect("shutdown-begun")
    assert (begun["action"], begun["origin"]) == ("shutdown", "start-menu")
    watch_to_the_end(client)


def test_that_a_person_restarts_it_with_the_keyboard(start: Start) -> None:
    guest = start()
    client = guest.connect()
    guest.expect("ready")
    press(client, Keysym.SUPER_L, Keysym.UP, Keysym.RETURN, Keysym.RETURN)
    assert guest.expect("shutdown-begun")["action"] == "restart"
    watch_to_the_end(client)


def test_that_shutdown_typed_in_the_console_counts_down_and_can_be_aborted(start: Start) -> None:
    guest = start()
    client = guest.connect()
    guest.expect("ready")

    def band() -> bool:
        return bool((client.frame[262, 100:1200:100, 0] == 0x92).all())

    press(client, *map(ord, "shutdown /r /t 60"), Keysym.RETURN)
    watch(client, band)
    press(client, *map(ord, "shutdown /a"), Keysym.RETURN)
    watch(client, lambda: not band())
    assert not guest.of("shutdown-begun")
    client.close()


def test_that_a_crash_shows_the_stop_screen_and_restarts(start: Start) -> None:
    guest = start(shutdown_screen_s=0.5)
    client = guest.connect()
    guest.expect("ready")
    guest.say({"do": "crash"})
    watch(client, lambda: client.frame[600, 20, :3].tolist() == [0x6B, 0x2A, 0x23])
    watch_to_the_end(client)
    assert guest.wait() == 0
    assert guest.expect("shutdown-begun")["origin"] == "crash"
    assert guest.expect("off")["action"] == "restart"


def test_that_the_clock_runs_while_somebody_looks(start: Start) -> None:
    guest = start()
    client = guest.connect()
    seen: set[int | None] = set()

    def ten_times() -> bool:
        seen.add(read_clock(client.frame))
        return len(seen - {None}) >= 10

    watch(client, ten_times)
    times = sorted(value for value in seen if value is not None)
    assert abs(times[-1] - unix_ms()) < 60_000
    # Ten frames a second, not more: a slow machine can only make the steps longer.
    steps = sorted(after - before for before, after in pairwise(times))
    assert steps[len(steps) // 2] >= 60
    client.close()


def test_that_a_wrong_clock_is_wrong_by_its_skew_only_inside_the_picture(start: Start) -> None:
    guest = start(clock_skew_ms=-3_600_000)
    client = guest.connect()
    guest.expect("ready")
    watch(client, lambda: read_clock(client.frame) is not None)
    painted_ms = read_clock(client.frame)
    assert painted_ms is not None
    assert abs(painted_ms + 3_600_000 - unix_ms()) < 60_000
    assert abs(guest.expect("ready")["at_ms"] - unix_ms()) < 60_000
    client.close()


def test_that_a_frozen_machine_answers_nobody_and_then_goes_on(start: Start) -> None:
    guest = start()
    client = guest.connect()
    guest.expect("ready")
    watch(client, lambda: read_clock(client.frame) is not None)
    guest.say({"do": "freeze", "seconds": 1.0})
    guest.say({"do": "shutdown", "action": "shutdown", "origin": "run-command", "delay_s": 0})

    def silent() -> bool:
        client.ping()
        return not client.read(0.4)

    limit = Limit(10)
    while not silent():
        assert not limit.over, "it never froze"
        client.request()
    assert not guest.of("shutdown-begun")
    client.request()
    watch_to_the_end(client)
    assert guest.wait() == 0
    assert guest.names()[-1] == "off"


def test_that_a_screenshot_is_written_and_a_failed_one_is_told(start: Start, tmp_path: Path) -> None:
    guest = start()
    guest.expect("ready")
    path = tmp_path / "shot.jpg"
    guest.say({"do": "screenshot", "path": str(path)})
    assert guest.expect("screenshot")["path"] == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    guest.say({"do": "screenshot", "path": str(tmp_path / "no" / "shot.jpg")})
    guest.say({"do": "acpi", "action": "shutdown"})
    guest.expect("off")
    assert "error" in guest.of("screenshot")[1]


def test_that_the_end_of_standard_input_ends_it_at_once_even_when_frozen(start: Start) -> None:
    guest = start()
    guest.expect("ready")
    guest.say({"do": "freeze", "seconds": 600})
    guest.end_input()
    assert guest.wait() == 0
    assert "off" not in guest.names()


def test_that_a_killed_machine_leaves_nothing_behind_and_its_port_is_free(start: Start) -> None:
    guest = start()
    client = guest.connect()
    port = guest.expect("booting")["rfb_port"]
    os.kill(guest.pid, signal.SIGKILL)
    watch_to_the_end(client)
    guest.wait()
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", port))


def test_that_nonsense_on_standard_input_is_ignored(start: Start) -> None:
    guest = start()
    guest.expect("ready")
    guest.say({"do": "dance"})
    guest.say({"do": "acpi", "action": "shutdown"})
    assert guest.wait() == 0
    assert guest.names()[-1] == "off"


def test_that_an_unusable_configuration_ends_it_with_status_two(start: Start) -> None:
    guest = start(width=3)
    assert guest.wait() == 2
    assert guest.events == []


_STEP_S = 0.1
"""Between two looks; how many there are is not bounded by it."""


@pytest.mark.case("X11")
def test_that_the_first_picture_of_a_machine_that_slept_is_painted_for_who_comes(start: Start) -> None:
    guest = start()
    guest.expect("ready")
    slept_from_ms = unix_ms()
    while unix_ms() - slept_from_ms < 1500:
        time.sleep(_STEP_S)
    came_ms = unix_ms()
    client = guest.connect()
    client.request(incremental=False)
    watch(client, lambda: bool(client.frame.any()))
    painted_ms = read_clock(client.frame)
    assert painted_ms is not None and painted_ms >= came_ms, "an old picture would date the film wrongly"
    client.close()


@pytest.mark.case("X11")
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="wake-ups are counted in /proc")
def test_that_a_machine_sleeps_while_nobody_is_connected(start: Start) -> None:
    guest = start()
    guest.expect("ready")
    counts = [_wakes(guest.process.pid)]
    limit = Limit(20.0)
    while not limit.over:
        time.sleep(_STEP_S)
        counts.append(_wakes(guest.process.pid))
        if len(counts) > 10 and counts[-1] == counts[-11]:
            return  # a whole second, on whatever machine, in which no thread woke
    raise AssertionError(f"it goes on waking: {counts}")


def _wakes(pid: int) -> int:
    """Return how often all threads of a process went to sleep by themselves."""
    texts = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/status")]
    return sum(int(text.split("voluntary_ctxt_switches:")[1].split()[0]) for text in texts)
