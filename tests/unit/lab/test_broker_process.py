"""The broker as it is: a process between a guest process and a viewer."""

from __future__ import annotations

import hashlib
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from rdpgui.lab.rfb import CloseKind, RfbClient, RfbClosed
from tests.helpers.limits import limit_s
from tests.helpers.painted_clock import read_clock, read_film
from tests.helpers.recording_pair import VIEWER_PASSWORD, Broker, Child, ClockGuest, broker_configuration, unix_ms
from tests.helpers.waiting import wait_for

Start = Callable[..., Child]


@pytest.fixture
def children() -> Iterator[list[Child]]:
    started: list[Child] = []
    yield started
    for child in started:
        child.kill()


class Stage:
    """Starts guests and brokers, which end with the test."""

    def __init__(self, children: list[Child], folder: Path) -> None:
        self._children = children
        self._viewers: list[RfbClient] = []
        self.folder = folder / "work"

    def guest(self, **how: int | float | bool) -> ClockGuest:
        guest = ClockGuest(**how)  # type: ignore[arg-type] # passed on as they are
        self._children.append(guest)
        return guest

    def broker(self, guest: ClockGuest, **changes: object) -> Broker:
        return self.broker_with(broker_configuration(guest.port, self.folder, **changes))

    def watch(self, broker: Broker, pictures: int) -> RfbClient:
        """Look through the broker until that many pictures went by."""
        client = RfbClient("127.0.0.1", broker.expect("viewer")["port"], VIEWER_PASSWORD)
        self._viewers.append(client)
        client.connect()
        while client.changes < pictures:
            assert client.read(10)
            client.request()
        return client

    def close(self) -> None:
        for viewer in self._viewers:
            viewer.close()

    def broker_with(self, configuration: dict[str, object]) -> Broker:
        broker = Broker(configuration)
        self._children.append(broker)
        return broker


@pytest.fixture
def stage(children: list[Child], tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(children, tmp_path)
    yield stage
    stage.close()


def test_that_a_killed_guest_leaves_a_film_up_to_its_last_picture(stage: Stage) -> None:
    guest = stage.guest()
    broker = stage.broker(guest)
    stage.watch(broker, 8)
    cut_ms = unix_ms()
    guest.kill()
    assert broker.wait() == 0
    assert broker.names() == ["viewer", "connected", "recording", "ended", "processed"]
    ended, processed = broker.expect("ended"), broker.expect("processed")
    film = read_film(broker.film())
    assert ended["reason"] in ("closed-by-guest", "connection-lost")
    assert film[-1].painted_ms is not None
    assert film[-1].painted_ms >= cut_ms - 300  # 110 ms on a quiet machine: see the benchmark
    assert film[-1].painted_ms == film[-2].painted_ms  # the last framebuffer, once more
    assert film[-1].at_ms == ended["at_ms"] - broker.expect("recording")["at_ms"]
    assert processed["frames"] == ended["frames"] == len(film)
    assert processed["normal"] is True
    assert processed["sha256"] == hashlib.sha256(broker.film().read_bytes()).hexdigest()


def test_that_every_picture_of_a_moving_desktop_is_in_the_film(stage: Stage) -> None:
    guest = stage.guest()
    broker = stage.broker(guest)
    stage.watch(broker, 15)
    guest.order("stop")
    assert broker.wait() == 0
    assert broker.expect("ended")["reason"] == "closed-by-guest"
    painted = sorted({shot.painted_ms or 0 for shot in read_film(broker.film())})
    assert painted[0] > 0
    assert len(painted) >= 13  # two that come late together may be one in the film
    assert np.median(np.diff(painted)) < 150  # a lost picture would leave a gap of 200


def test_that_a_killed_broker_leaves_a_film_that_says_so(stage: Stage) -> None:
    guest = stage.guest()
    broker = stage.broker(guest)
    stage.watch(broker, 15)
    cut_ms = unix_ms()
    broker.kill()
    second = stage.broker_with({**broker.configuration, "finalise_only": True, "source": None, "viewer_password": None})
    assert second.wait() == 2  # null is not an absent member
    members = {k: v for k, v in broker.configuration.items() if k not in ("source", "viewer_password")}
    third = stage.broker_with({**members, "finalise_only": True})
    assert third.wait() == 0
    assert third.names() == ["processed"]
    assert third.expect("processed")["normal"] is False
    film = read_film(third.film())
    assert film[-1].painted_ms is not None
    assert cut_ms - film[-1].painted_ms <= 1000


@pytest.mark.parametrize("how", ["command", "end of input", "signal"])
def test_that_a_normal_end_is_called_closed(stage: Stage, how: str) -> None:
    guest = stage.guest()
    broker = stage.broker(guest)
    broker.expect("recording")
    if how == "command":
        broker.say({"do": "dance"})
        broker.say({"do": "close"})
    elif how == "signal":
        broker.process.send_signal(signal.SIGINT)
        broker.process.send_signal(signal.SIGTERM)
    else:
        broker.end_input()
    assert broker.wait() == 0
    assert broker.expect("ended")["reason"] == "closed"
    assert read_film(broker.film())


def test_that_a_person_works_through_the_broker(stage: Stage) -> None:
    guest = stage.guest()
    viewer = stage.watch(stage.broker(guest), 3)
    assert read_clock(viewer.frame) is not None
    viewer.send_key(0xFFEB, True)
    viewer.send_pointer(12, 34, 1)
    wait_for(lambda: len(guest.input()) == 2)
    assert guest.input() == [[0xFFEB, True], [12, 34, 1]]


def test_that_the_viewer_needs_its_own_password(stage: Stage) -> None:
    broker = stage.broker(stage.guest())
    with pytest.raises(RfbClosed) as caught:
        RfbClient("127.0.0.1", broker.expect("viewer")["port"], "guestpw1").connect()
    assert caught.value.kind is CloseKind.REFUSED


def test_that_a_viewer_of_a_still_desktop_sees_it_at_once(stage: Stage) -> None:
    broker = stage.broker(stage.guest(still=True))
    broker.expect("recording")
    viewer = stage.watch(broker, 1)
    assert read_clock(viewer.frame) is not None


def test_that_a_frozen_guest_is_stalled_and_not_ended(stage: Stage) -> None:
    guest = stage.guest()
    broker = stage.broker(guest, stall_after_s=0.5)
    broker.expect("recording")
    guest.order("freeze")
    stalled = broker.expect("stalled")
    assert not broker.of("ended")
    guest.order("thaw")
    resumed = broker.expect("resumed")
    assert resumed["at_ms"] > stalled["at_ms"]
    broker.say({"do": "close"})
    assert broker.wait() == 0


def test_that_a_quiet_guest_is_not_stalled(stage: Stage) -> None:
    stall_after_s = limit_s(0.3)  # a guest that gets no processor for so long would be stalled
    broker = stage.broker(stage.guest(still=True), stall_after_s=stall_after_s)
    recording = broker.expect("recording")
    wait_for(lambda: unix_ms() - recording["at_ms"] > 2500 * stall_after_s, limit_s=3 * stall_after_s)
    broker.say({"do": "close"})
    assert broker.wait() == 0
    assert broker.of("stalled") == []


def test_that_a_guest_may_change_its_size(stage: Stage) -> None:
    guest = stage.guest()
    broker = stage.broker(guest)
    viewer = stage.watch(broker, 3)
    guest.order("resize", "501", "333")
    before = viewer.changes
    while viewer.frame.shape != (333, 501, 4) or viewer.changes < before + 4:
        assert viewer.read(10)
        viewer.request()
    guest.order("resize", "640", "360")
    while viewer.frame.shape != (360, 640, 4) or read_clock(viewer.frame) is None:
        assert viewer.read(10)
        viewer.request()
    guest.kill()
    assert broker.wait() == 0
    film = read_film(broker.film())
    assert None in [shot.painted_ms for shot in film]
    assert film[-1].painted_ms is not None


def test_that_a_full_disk_ends_the_film_and_not_the_connection(stage: Stage) -> None:
    guest = stage.guest()
    broker = stage.broker(guest, disk_limit_bytes=40_000)
    stopped = broker.expect("recording-stopped")
    assert stopped["reason"] == "disk-full"
    stage.watch(broker, 5)
    broker.say({"do": "close"})
    assert broker.wait() == 0
    ended = broker.expect("ended")
    assert ended["reason"] == "disk-full"
    film = read_film(broker.film())
    assert len(film) == ended["frames"] == broker.expect("processed")["frames"]
    assert ended["last_frame_at_ms"] <= stopped["at_ms"]


def test_that_an_unrecorded_connection_leaves_nothing_on_the_disk(stage: Stage) -> None:
    broker = stage.broker(stage.guest(), record=False, data_key_b64=None)
    stage.watch(broker, 3)
    broker.say({"do": "close"})
    assert broker.wait() == 0
    assert broker.names() == ["viewer", "connected", "ended"]
    assert not stage.folder.exists()


def test_that_nobody_at_the_source_is_said(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    broker = stage.broker_with(broker_configuration(port, stage.folder))
    assert broker.wait() == 1
    assert broker.names() == ["ended", "failed"]
    assert broker.expect("ended")["reason"] == "source-unreachable"
    assert broker.expect("ended")["last_frame_at_ms"] is None


def test_that_a_wrong_password_counts_as_unreachable(stage: Stage) -> None:
    guest = stage.guest()
    configuration = broker_configuration(guest.port, stage.folder)
    configuration["source"]["password"] = "wrong"
    broker = stage.broker_with(configuration)
    assert broker.wait() == 1
    assert broker.expect("ended")["reason"] == "source-unreachable"


def test_that_a_wrong_configuration_is_one_sentence(stage: Stage) -> None:
    broker = stage.broker_with({"connection_id": "c-1"})
    assert broker.wait() == 2
    assert [event["event"] for event in broker.events] == ["failed"]
    assert "must be" in broker.events[0]["reason"]


def test_that_a_used_folder_is_not_written_over(stage: Stage) -> None:
    guest = stage.guest()
    first = stage.broker(guest)
    first.expect("recording")
    first.say({"do": "close"})
    first.wait()
    second = stage.broker(guest)
    assert second.wait() == 1
    assert "could not start" in second.expect("failed")["reason"]
    assert read_film(first.film())
