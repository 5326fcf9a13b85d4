"""The guest's process: one loop that owns machine, desktop, display and RFB server.

Other threads (standard input, RFB sessions) only put things into the inbox.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TextIO, assert_never

from PySide6.QtGui import QGuiApplication

from rdpgui.lab.guest.activity import seed_of
from rdpgui.lab.guest.beat import Beat
from rdpgui.lab.guest.by_itself import ByItself
from rdpgui.lab.guest.config import ConfigError, GuestConfig
from rdpgui.lab.guest.desktop import Desktop
from rdpgui.lab.guest.inbox import ClientJoined, EndOfInput, Inbox, KeyInput, PointerInput
from rdpgui.lab.guest.lines import read_lines
from rdpgui.lab.guest.machine import Action, Machine, Origin, Screen, Timings
from rdpgui.lab.guest.protocol import (
    Command,
    CommandError,
    CrashCommand,
    FreezeCommand,
    MessageCommand,
    ScreenshotCommand,
    ShutdownCommand,
    StepClockCommand,
    parse_command,
    write_event,
)
from rdpgui.lab.guest.requests import AbortRequest, PowerRequest, Request, ToastRequest
from rdpgui.lab.guest.scene import Scene
from rdpgui.lab.guest.screen import Display
from rdpgui.lab.guest.shell import Shell
from rdpgui.lab.rfb import RfbServer

_log = logging.getLogger(__name__)


class GuestClock:
    """The machine's own clock: true time plus the scenario's skew."""

    def __init__(self, skew_ms: int) -> None:
        self._skew_ms = skew_ms

    def now_ms(self) -> int:
        """Return Unix milliseconds as this machine has them."""
        return _true_ms() + self._skew_ms

    def step(self, ms: int) -> None:
        """Set the clock on, or back for a negative number."""
        self._skew_ms += ms

    def now_at(self) -> datetime:
        """Return the same as aware UTC."""
        return _at(self.now_ms())


class Guest:
    """One running machine. Construct, then ``run`` in the thread that owns the QGuiApplication."""

    def __init__(self, config: GuestConfig, inbox: Inbox, events: TextIO) -> None:
        now_mono_s = time.monotonic()
        self._config = config
        self._inbox = inbox
        self._events = events
        self._clock = GuestClock(config.clock_skew_ms)
        self._boot_ms = config.boot_at_ms or self._clock.now_ms()
        self._machine = Machine(
            Timings(config.boot_s, config.shutdown_screen_s, config.off_after_desktop_s), now_mono_s
        )
        self._display = Display(config)
        self._shell = Shell(config.computer_name, config.user, self._display.texts)
        self._desktop = Desktop(config.width, config.height, self._shell, self._display.texts)
        self._server = RfbServer(
            name=f"LAB {config.instance_id}",
            width=config.width,
            height=config.height,
            password=config.rfb_password,
            on_key=inbox.on_key,
            on_pointer=inbox.on_pointer,
            on_join=inbox.on_join,
        )
        self._by_itself = ByItself(self._desktop, self._shell, seed_of(config.instance_id))
        self._beat = Beat(config.fps, now_mono_s)
        self._frozen_until_mono_s: float | None = None
        self._put_off: list[Command] = []

    def run(self) -> int:
        """Boot, live, and return 0 when the machine is off or standard input ended."""
        self._server.start()
        self._frame()
        self._emit("booting", rfb_port=self._server.port)
        while self._machine.screen is not Screen.OFF:
            for item in self._inbox.waiting(self._wait_s()):
                if isinstance(item, EndOfInput):
                    return 0
                self._take(item)
            if self._is_frozen():
                continue
            self._live()
            self._advance()
            self._paint_if_due()
        return 0

    # -- inbox ----------------------------------------------------------------
    def _wait_s(self) -> float | None:
        """Return how long nothing is due; None: until somebody comes or says something."""
        now_mono_s = time.monotonic()
        if self._frozen_until_mono_s is not None:
            return max(0.001, self._frozen_until_mono_s - now_mono_s)
        dues = [self._machine.next_due_mono_s(), self._by_itself.toast_until_mono_s]
        if self._serving():
            dues.append(self._beat.due_mono_s())
        first_mono_s = min((due for due in dues if due is not None), default=None)
        # Queues refuse negative times, and a little rest keeps a late loop from spinning.
        return None if first_mono_s is None else max(0.001, first_mono_s - now_mono_s)

    def _take(self, item: Command | KeyInput | PointerInput | ClientJoined) -> None:
        match item:
            case ClientJoined(shown):
                if self._serving() and self._frozen_until_mono_s is None:
                    self._live()
                    self._frame()
                shown.set()
            case KeyInput(keysym, down):
                if self._takes_input():
                    self._obey(self._desktop.on_key(keysym, down, self._clock.now_at()))
            case PointerInput(x, y, buttons):
                if self._takes_input():
                    self._obey(self._desktop.on_pointer(x, y, buttons))
            case _:
                if self._frozen_until_mono_s is not None and not isinstance(item, FreezeCommand):
                    self._put_off.append(item)
                else:
                    self._execute(item)

    def _takes_input(self) -> bool:
        usable = self._machine.screen is Screen.DESKTOP and self._frozen_until_mono_s is None
        if usable:
            self._beat.note_input()
        return usable

    def _obey(self, request: Request | None) -> None:
        """Do what a person asked for on the desktop."""
        match request:
            case PowerRequest(action, delay_s, update):
                self._request(action, Origin.START_MENU, delay_s, update=update)
            case AbortRequest():
                self._machine.abort()
            case ToastRequest(text):
                self._by_itself.toast(text)
            case None:
                return
            case _:
                assert_never(request)

    def _execute(self, command: Command) -> None:
        match command:
            case ShutdownCommand(action, origin, delay_s):
                self._request(action, origin, delay_s)
            case CrashCommand():
                if self._machine.crash(time.monotonic()):
                    self._begun()
            case FreezeCommand(seconds):
                self._server.pause()
                self._frozen_until_mono_s = time.monotonic() + seconds
            case StepClockCommand(seconds):
                # The system derives its last boot from this clock and the time since boot, so both move together.
                self._clock.step(round(seconds * 1000))
                self._boot_ms += round(seconds * 1000)
            case MessageCommand(text):
                self._by_itself.toast(text)
            case ScreenshotCommand(path):
                self._screenshot(path)
            case _:
                assert_never(command)

    def _request(self, action: Action, origin: Origin, delay_s: float, *, update: bool = False) -> None:
        if action is Action.HIBERNATE and not self._machine.ending:
            self._frame()  # the last one: no screen follows
        now_mono_s = time.monotonic()
        if not self._machine.request(action, origin, now_mono_s, delay_s=delay_s, update=update):
            _log.warning("%s refused: a shutdown is under way already", action)
        elif self._machine.screen is Screen.CLOSED:
            self._say_begun()
            self._close_desktop()
        elif self._machine.ending:
            self._begun()
        else:
            self._frame()

    def _screenshot(self, path: str) -> None:
        if self._machine.screen is not Screen.CLOSED:
            self._frame()
        try:
            self._display.save_jpeg(path)
        except OSError as error:
            self._emit("screenshot", path=path, error=str(error))
            return
        self._emit("screenshot", path=path)

    # -- time -----------------------------------------------------------------
    def _is_frozen(self) -> bool:
        """Return whether the machine hangs; at the end of it, catch up with what was put off."""
        if self._frozen_until_mono_s is None:
            return False
        if time.monotonic() < self._frozen_until_mono_s:
            return True
        self._frozen_until_mono_s = None
        self._server.resume()
        put_off, self._put_off = self._put_off, []
        for command in put_off:
            self._execute(command)
        return self._frozen_until_mono_s is not None

    def _live(self) -> None:
        """Let the desktop do what it does by itself."""
        self._by_itself.end_toast()
        if self._machine.screen is Screen.DESKTOP:
            self._by_itself.print_jobs(self._clock.now_ms())

    def _advance(self) -> None:
        """Make the moves that are due, and say so."""
        while (target := self._machine.due(time.monotonic())) is not None:
            if target is Screen.CLOSED:
                self._frame()
            was_ending = self._machine.ending
            self._machine.advance(time.monotonic())
            if self._machine.ending and not was_ending:
                self._begun()
            elif target is Screen.DESKTOP:
                self._frame()
                self._emit("ready", boot_at_ms=self._boot_ms)
            elif target is Screen.CLOSED:
                self._close_desktop()
            elif target is Screen.OFF:
                self._emit("off", action=self._machine.action)
            else:
                self._frame()

    def _begun(self) -> None:
        self._frame()
        self._say_begun()

    def _say_begun(self) -> None:
        self._emit("shutdown-begun", action=self._machine.action, origin=self._machine.origin)

    def _close_desktop(self) -> None:
        closed_ms = _true_ms()
        self._server.close()
        self._beat.clients = 0
        write_event(self._events, "desktop-closed", at_ms=closed_ms, last_paint_ms=self._display.last_paint_ms)

    # -- frames ---------------------------------------------------------------
    def _serving(self) -> bool:
        return self._machine.screen not in (Screen.CLOSED, Screen.OFF)

    def _paint_if_due(self) -> None:
        now_mono_s = time.monotonic()
        if self._serving() and self._beat.is_due(now_mono_s, self._server.clients):
            self._show(now_mono_s)

    def _frame(self) -> None:
        """Paint and publish a frame off the beat, which starts anew from it."""
        now_mono_s = time.monotonic()
        self._beat.painted(now_mono_s)
        self._show(now_mono_s)

    def _show(self, now_mono_s: float) -> None:
        machine = self._machine
        pending = machine.pending
        self._display.paint(
            Scene(
                screen=machine.screen,
                elapsed_s=machine.elapsed_s(now_mono_s),
                progress=machine.progress(now_mono_s),
                now_ms=self._clock.now_ms(),
                boot_at=_at(self._boot_ms),
                desktop=self._desktop,
                pending=pending,
                pending_s=0.0 if pending is None else pending.left_s(now_mono_s),
            )
        )
        self._server.publish(self._display.frame)

    def _emit(self, name: str, **members: object) -> None:
        write_event(self._events, name, at_ms=_true_ms(), **members)


def _true_ms() -> int:
    return time.time_ns() // 1_000_000


def _at(unix_ms: int) -> datetime:
    return datetime.fromtimestamp(unix_ms / 1000, UTC)


def _read_commands(lines: Iterator[str], inbox: Inbox) -> None:
    """Put the commands of standard input into the inbox, and its end."""
    try:
        for line in lines:
            try:
                inbox.put(parse_command(line))
            except CommandError as error:
                _log.error("command ignored: %s", error)
    except OSError as error:
        _log.error("standard input cannot be read any more: %s", error)
    inbox.put(EndOfInput())


def main() -> int:
    """Run one guest; returns the exit status."""
    logging.basicConfig(level=logging.WARNING, format="guest: %(levelname)s %(message)s", stream=sys.stderr)
    # A Ctrl-C on the terminal of the program must not look like a power cut; the end of standard input ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines = read_lines(sys.stdin.fileno())
    try:
        config = GuestConfig.from_json(next(lines, ""))
    except ConfigError as error:
        _log.error("%s", error)
        return 2
    application = QGuiApplication(["guest", "-platform", "offscreen"])
    inbox = Inbox()
    threading.Thread(target=_read_commands, args=(lines, inbox), name="stdin", daemon=True).start()
    try:
        status = Guest(config, inbox, sys.stdout).run()
    except BrokenPipeError:
        # Nobody reads our events: whoever started this machine is gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    del application
    return status
