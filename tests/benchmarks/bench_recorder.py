"""How much of a film is lost when the guest or the broker is killed, and what recording costs.

``python -m tests.benchmarks.bench_recorder [--guest-kills 50] [--broker-kills 20] [--guest lab|clock]``
Every loss is read from the pixels: the moment of the kill minus the clock painted in the last picture.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from rdpgui.lab.rfb import RfbClient
from tests.helpers.painted_clock import read_film
from tests.helpers.recording_pair import GUEST_PASSWORD, Broker, Child, ClockGuest, broker_configuration, unix_ms
from tests.helpers.waiting import wait_for

WIDTH, HEIGHT, FPS = 1280, 720, 10
GAP_TARGET_MS = 110
LOSS_TARGET_MS = 1000
_QUIET = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONWARNINGS": "default"}


class LabGuest(Child):
    """`rdpgui.lab.guest` with its desktop shown, and the port it serves on."""

    def __init__(self) -> None:
        super().__init__(
            "rdpgui.lab.guest",
            {
                "instance_id": "i-0bench", "computer_name": "BENCH", "user": "Administrator", "width": WIDTH,
                "height": HEIGHT, "fps": FPS, "rfb_password": GUEST_PASSWORD, "language": "en", "boot_s": 0.1,
                "shutdown_screen_s": 1.0, "off_after_desktop_s": 0.5, "clock_skew_ms": 0, "wallpaper": 0,
            },
            environment=_QUIET,
        )  # fmt: skip
        self.port: int = self.expect("booting")["rfb_port"]
        self.expect("ready")


Guest = LabGuest | ClockGuest


def clock_guest() -> Guest:
    """The small stand-in, when only the recorder is to be measured."""
    return ClockGuest(width=WIDTH, height=HEIGHT, fps=FPS)


GUESTS: dict[str, Callable[[], Guest]] = {"lab": LabGuest, "clock": clock_guest}


@dataclass(frozen=True, slots=True)
class Kills:
    """What a series of kills left.

    Attributes:
        lost_ms: moment of the kill minus the clock in the film's last picture, one a kill.
        unreadable: films that did not open or whose last clock could not be read.
        unmarked: films that do not say how they ended, though they should.
    """

    lost_ms: tuple[int, ...]
    unreadable: int
    unmarked: int


@dataclass(frozen=True, slots=True)
class Costs:
    """What one recorded connection costs at 1280x720 and 10 pictures a second, in % of one core and MB."""

    broker_start_cpu_s: float
    broker_start_s: float
    broker_percent: float
    guest_percent: float
    broker_rss_mb: float
    broker_pss_mb: float


@dataclass(frozen=True, slots=True)
class ProtocolCosts:
    """A client without a recorder at 10 pictures a second, in % of one core of its process."""

    client_percent: float


def guest_kills(count: int, make: Callable[[], Guest], *, seed: int = 1) -> Kills:
    """Kill the guest at random moments of a recording."""
    return _kills(count, make, seed, _kill_guest)


def broker_kills(count: int, make: Callable[[], Guest], *, seed: int = 2) -> Kills:
    """Kill the broker at random moments, then let another finish its film."""
    return _kills(count, make, seed, _kill_broker)


def crowd_kills(count: int, *, seed: int = 3) -> Kills:
    """Record that many guests at once, kill all of them at one moment, and read every film."""
    lost_ms: list[int] = []
    unreadable = unmarked = 0
    with tempfile.TemporaryDirectory() as folder:
        guests = [LabGuest() for _number in range(count)]
        brokers = [
            Broker(broker_configuration(guest.port, Path(folder) / str(number)), environment=_QUIET)
            for number, guest in enumerate(guests)
        ]
        begun_ms = max(broker.expect("recording")["at_ms"] for broker in brokers)
        moment_ms = begun_ms + random.Random(seed).randint(1500, 2500)
        wait_for(lambda: unix_ms() >= moment_ms)
        cuts = [_kill_guest(guest, broker)[0] for guest, broker in zip(guests, brokers, strict=True)]
        for cut_ms, guest, broker in zip(cuts, guests, brokers, strict=True):
            broker.wait()
            painted_ms, marked = _last_clock(broker)
            unmarked += not marked
            unreadable += painted_ms is None
            lost_ms += [] if painted_ms is None else [cut_ms - painted_ms]
            guest.kill()
            broker.kill()
    return Kills(tuple(lost_ms), unreadable, unmarked)


def costs(make: Callable[[], Guest], *, seconds: float = 8.0) -> Costs:
    """Record for a while and read what the processes used."""
    with tempfile.TemporaryDirectory() as folder:
        guest = make()
        begun_mono_s = time.monotonic()
        broker = Broker(broker_configuration(guest.port, Path(folder) / "w"), environment=_QUIET)
        try:
            broker.expect("recording")
            start_s, start_cpu_s = time.monotonic() - begun_mono_s, _cpu_s(broker.pid)
            before = (_cpu_s(broker.pid), _cpu_s(guest.pid), time.monotonic())
            wait_for(lambda: time.monotonic() - before[2] >= seconds, limit_s=seconds + 5)
            took_s = time.monotonic() - before[2]
            return Costs(
                start_cpu_s,
                start_s,
                (_cpu_s(broker.pid) - before[0]) / took_s * 100,
                (_cpu_s(guest.pid) - before[1]) / took_s * 100,
                _memory_mb(broker.pid, "Rss"),
                _memory_mb(broker.pid, "Pss"),
            )
        finally:
            broker.kill()
            guest.kill()


def protocol_costs(make: Callable[[], Guest], *, pictures: int = 60) -> ProtocolCosts:
    """Look at a guest without recording it."""
    guest = make()
    try:
        client = RfbClient("127.0.0.1", guest.port, GUEST_PASSWORD)
        client.connect()
        client.read(5)
        begun = (time.process_time(), time.monotonic())
        for _ in range(pictures):
            client.request()
            client.read(5)
        percent = (time.process_time() - begun[0]) / (time.monotonic() - begun[1]) * 100
        client.close()
        return ProtocolCosts(percent)
    finally:
        guest.kill()


def _kills(
    count: int, make: Callable[[], Guest], seed: int, kill: Callable[[Guest, Broker], tuple[int, Broker]]
) -> Kills:
    moments = random.Random(seed)
    lost_ms: list[int] = []
    unreadable = unmarked = 0
    for _ in range(count):
        with tempfile.TemporaryDirectory() as folder:
            guest = make()
            broker = Broker(broker_configuration(guest.port, Path(folder) / "w"), environment=_QUIET)
            begun_ms = broker.expect("recording")["at_ms"]
            moment_ms = begun_ms + moments.randint(200, 2300)
            wait_for(lambda moment_ms=moment_ms: unix_ms() >= moment_ms)  # type: ignore[misc] # bound per turn
            cut_ms, finisher = kill(guest, broker)
            finisher.wait()
            painted_ms, marked = _last_clock(finisher)
            guest.kill()
            broker.kill()
            finisher.kill()
        unmarked += not marked
        if painted_ms is None:
            unreadable += 1
        else:
            lost_ms.append(cut_ms - painted_ms)
    return Kills(tuple(lost_ms), unreadable, unmarked)


def _kill_guest(guest: Guest, broker: Broker) -> tuple[int, Broker]:
    cut_ms = unix_ms()
    guest.process.kill()
    return cut_ms, broker


def _kill_broker(_guest: Guest, broker: Broker) -> tuple[int, Broker]:
    cut_ms = unix_ms()
    broker.process.kill()
    broker.process.wait()
    members = {name: value for name, value in broker.configuration.items() if name not in ("source", "viewer_password")}
    return cut_ms, Broker({**members, "finalise_only": True}, environment=_QUIET)


def _last_clock(finisher: Broker) -> tuple[int | None, bool]:
    done = finisher.of("processed")
    if not done:
        return None, False
    film = read_film(Path(done[0]["path"]))
    with av.open(done[0]["path"]) as container:
        says_so = container.metadata.get("comment") == "not finalised normally"
    return film[-1].painted_ms, says_so is not done[0]["normal"]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def table(title: str, kills: Kills, target_ms: int) -> str:
    """One series as text."""
    lost = sorted(kills.lost_ms)
    if not lost:
        return f"{title}: no readable film, {kills.unreadable} unreadable"
    p95 = lost[min(round(len(lost) * 0.95), len(lost) - 1)]
    return (
        f"{title}: n={len(lost)}  min {lost[0]}  median {statistics.median(lost):.0f}  p95 {p95}  max {lost[-1]} ms "
        f"(target {target_ms})  over {sum(one > target_ms for one in lost)}  "
        f"unreadable {kills.unreadable}  unmarked {kills.unmarked}\n  {_histogram(lost)}"
    )


def _histogram(values: Sequence[int], step_ms: int = 20) -> str:
    buckets: dict[int, int] = {}
    for value in values:
        buckets[value // step_ms * step_ms] = buckets.get(value // step_ms * step_ms, 0) + 1
    return "  ".join(f"{start}+:{buckets[start]}" for start in sorted(buckets))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guest-kills", type=int, default=50)
    parser.add_argument("--broker-kills", type=int, default=20)
    parser.add_argument("--guest", choices=sorted(GUESTS), default="lab")
    options = parser.parse_args(arguments)
    make = GUESTS[options.guest]
    print(f"recorder, {WIDTH}x{HEIGHT} at {FPS} pictures a second, guest: {options.guest}")
    print(f"  {costs(make)}")
    print(f"  {protocol_costs(make)}")
    print(
        "  "
        + table(
            "guest killed, last painted clock before the cut", guest_kills(options.guest_kills, make), GAP_TARGET_MS
        )
    )
    print("  " + table("broker killed, lost", broker_kills(options.broker_kills, make), LOSS_TARGET_MS))


if __name__ == "__main__":
    main()
