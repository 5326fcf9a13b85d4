"""The console's window on a real RFB server, and the console as a process."""

from __future__ import annotations

import io
import itertools
import json
import queue
import socket
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from rdpgui.lab.console.config import ConsoleConfig
from rdpgui.lab.console.link import DesktopLink
from rdpgui.lab.console.process import Console
from rdpgui.lab.console.texts import ENGLISH, JAPANESE
from rdpgui.lab.console.view import DesktopView
from rdpgui.lab.console.window import ConsoleWindow
from rdpgui.lab.rfb import RfbClient, RfbServer
from tests.helpers.limits import limit_ms, limit_s
from tests.helpers.recording_pair import Child
from tests.helpers.waiting import wait_for

PASSWORD = "viewpw12"
NONE = Qt.KeyboardModifier.NoModifier


class FakeBroker:
    """An RFB server with one plain picture, and the input that arrived."""

    def __init__(self) -> None:
        self.keys: queue.SimpleQueue[tuple[int, bool]] = queue.SimpleQueue()
        self.pointer: queue.SimpleQueue[tuple[int, int, int]] = queue.SimpleQueue()
        self.server = RfbServer(
            name="LAB i-1", width=640, height=360, password=PASSWORD, on_key=self.on_key, on_pointer=self.on_pointer
        )
        self.server.start()
        self.show(10)

    def on_key(self, keysym: int, down: bool) -> None:
        self.keys.put((keysym, down))

    def on_pointer(self, x: int, y: int, buttons: int) -> None:
        self.pointer.put((x, y, buttons))

    def show(self, grey: int) -> None:
        self.server.publish(np.full((360, 640, 4), grey, np.uint8))

    def configuration(self, **changes: object) -> dict[str, object]:
        return {
            "host": "127.0.0.1",
            "port": self.server.port,
            "password": PASSWORD,
            "title": "",
            "language": "en",
            "instance_name": "fin-web-01",
            **changes,
        }


@pytest.fixture
def broker() -> Iterator[FakeBroker]:
    fake = FakeBroker()
    yield fake
    fake.server.close()


class Opened:
    """A console's window in this process."""

    def __init__(self, qtbot: QtBot, configuration: dict[str, object]) -> None:
        config = ConsoleConfig.from_json(json.dumps(configuration))
        self.link = DesktopLink(config.host, config.port, config.password)
        self.window = ConsoleWindow(config, self.link)
        qtbot.addWidget(self.window)
        self.view = self.window.findChild(DesktopView, "desktop-view")
        self.state = self.window.findChild(QLabel, "state")
        self.hint = self.window.findChild(QLabel, "hint")
        self.window.resize(640, 460)
        self.window.show()
        self.link.start()

    def says(self, words: str) -> bool:
        assert self.state is not None
        return words in self.state.text()

    def grey(self) -> int:
        assert self.view is not None
        picture = self.view.picture
        return -1 if picture.isNull() else picture.pixelColor(5, 5).red()


@pytest.fixture
def opened(qtbot: QtBot, broker: FakeBroker) -> Iterator[Opened]:
    console = Opened(qtbot, broker.configuration())
    qtbot.waitUntil(lambda: console.says(ENGLISH.connected) and console.grey() == 10, timeout=limit_ms(5))
    yield console
    console.link.close()


def test_that_the_window_shows_each_new_picture(qtbot: QtBot, broker: FakeBroker, opened: Opened) -> None:
    broker.show(200)
    qtbot.waitUntil(lambda: opened.grey() == 200, timeout=limit_ms(5))
    assert opened.window.grab().toImage().pixelColor(320, 230).red() > 190


def test_that_mouse_and_keyboard_reach_the_broker(qtbot: QtBot, broker: FakeBroker, opened: Opened) -> None:
    assert opened.view is not None
    QTest.keyClick(opened.view, Qt.Key.Key_Meta)
    assert [broker.keys.get(timeout=limit_s(5)), broker.keys.get(timeout=limit_s(5))] == [
        (0xFFEB, True),
        (0xFFEB, False),
    ]
    QTest.mousePress(opened.view, Qt.MouseButton.LeftButton, NONE, opened.view.rect().center())
    moved = broker.pointer.get(timeout=limit_s(5))
    while not moved[2]:
        moved = broker.pointer.get(timeout=limit_s(5))
    assert moved[:2] == pytest.approx((320, 180), abs=2)
    assert moved[2] == 1


def test_that_the_end_is_said_calmly_and_the_last_picture_stays(
    qtbot: QtBot, broker: FakeBroker, opened: Opened
) -> None:
    broker.show(99)
    broker.server.close()
    qtbot.waitUntil(lambda: opened.says(ENGLISH.ended), timeout=limit_ms(5))
    assert opened.grey() == 99
    assert opened.hint is not None
    assert opened.hint.text() == ENGLISH.hint_ended
    assert opened.window.isVisible()


def test_that_a_silent_source_is_called_stalled_and_not_ended(
    qtbot: QtBot, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rdpgui.lab.console.link._STALL_S", 0.2)
    monkeypatch.setattr("rdpgui.lab.console.link._READ_S", 0.05)
    console = Opened(qtbot, broker.configuration())
    qtbot.waitUntil(lambda: console.says(ENGLISH.stalled), timeout=limit_ms(5))
    greys = itertools.count()

    def shown_again() -> bool:
        broker.show(next(greys) % 250)  # again and again: on a busy machine the next silence follows at once
        return console.says(ENGLISH.connected)

    qtbot.waitUntil(shown_again, timeout=limit_ms(5))
    console.link.close()


@pytest.mark.parametrize("fault", ["wrong password", "nobody there"])
@pytest.mark.logs("wrong password", "nobody answers on port")
def test_that_a_connection_that_cannot_be_opened_is_said(qtbot: QtBot, broker: FakeBroker, fault: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        change = {"password": "wrong"} if fault == "wrong password" else {"port": unused.getsockname()[1]}
        console = Opened(qtbot, broker.configuration(**change))
        qtbot.waitUntil(lambda: console.says(ENGLISH.unreachable), timeout=limit_ms(8))
    console.link.close()


def test_that_a_screen_reader_hears_names_and_state(opened: Opened) -> None:
    assert opened.view is not None
    assert opened.state is not None
    assert opened.view.accessibleName() == ENGLISH.view_name
    assert ENGLISH.connected in opened.state.accessibleName()


def test_that_the_window_is_marked_lab_in_both_languages(qtbot: QtBot, broker: FakeBroker) -> None:
    for language, texts in (("en", ENGLISH), ("ja", JAPANESE)):
        console = Opened(qtbot, broker.configuration(language=language))
        labels = {label.text() for label in console.window.findChildren(QLabel)}
        assert {"LAB", "fin-web-01", texts.banner, texts.hint} <= labels
        assert console.window.windowTitle() == "LAB – fin-web-01"
        violet = console.window.grab().toImage().pixelColor(300, 4)
        assert violet.blue() > violet.red() > violet.green()
        console.link.close()


def test_that_closing_the_window_hangs_up_and_says_so(qtbot: QtBot, broker: FakeBroker) -> None:
    events = io.StringIO()
    config = ConsoleConfig.from_json(json.dumps(broker.configuration()))
    console = Console(config, iter(()), events)
    qtbot.addWidget(console.window)
    console.window.show()
    console.link.start()
    qtbot.waitUntil(lambda: "connected" in events.getvalue(), timeout=limit_ms(5))
    console.window.close()
    assert [json.loads(line)["event"] for line in events.getvalue().splitlines()] == ["connected", "closed"]
    wait_for(lambda: broker.server.clients == 0)


@pytest.mark.case("S5")
def test_that_a_console_closed_while_it_connects_ends_without_a_word(
    broker: FakeBroker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shaken, closed = threading.Event(), threading.Event()
    shake_hands, close = RfbClient._shake_hands, RfbClient.close

    def shake_hands_and_be_held(client: RfbClient, *arguments: Any) -> None:
        shake_hands(client, *arguments)
        shaken.set()
        closed.wait(limit_s(10))

    def close_and_say_so(client: RfbClient) -> None:
        close(client)
        closed.set()

    monkeypatch.setattr(RfbClient, "_shake_hands", shake_hands_and_be_held)
    monkeypatch.setattr(RfbClient, "close", close_and_say_so)
    link = DesktopLink("127.0.0.1", broker.server.port, PASSWORD)
    ends: list[bool] = []
    link.ended.connect(ends.append, Qt.ConnectionType.DirectConnection)
    link.start()
    assert shaken.wait(limit_s(10))
    link.close()  # an exception in the reading thread would fail this test
    assert (ends, caplog.messages) == ([], [])
    wait_for(lambda: broker.server.clients == 0)


def test_that_the_process_tells_its_events_and_ends_with_standard_input(broker: FakeBroker) -> None:
    console = Child("rdpgui.lab.console", broker.configuration())
    try:
        assert (console.expect("connected")["width"], console.expect("connected")["height"]) == (640, 360)
        broker.server.close()
        assert console.expect("ended")["was_open"] is True
        assert console.process.poll() is None
        console.end_input()
        assert console.wait() == 0
        assert console.names() == ["connected", "ended", "closed"]
    finally:
        console.kill()


def test_that_an_unusable_configuration_ends_the_process_with_status_two() -> None:
    console = Child("rdpgui.lab.console", {"port": "x"})
    try:
        assert console.wait() == 2
        assert console.events == []
    finally:
        console.kill()
