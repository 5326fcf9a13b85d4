"""The broker's process: configuration line, commands, exit status."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from io import RawIOBase
from typing import BinaryIO

from rdpgui.lab.broker.config import BrokerConfig, ConfigError, parse_config
from rdpgui.lab.broker.connection import Connection
from rdpgui.lab.broker.events import Clock, EventWriter
from rdpgui.lab.broker.finalise import FinaliseError, finalise
from rdpgui.lab.broker.recorder import Recorder
from rdpgui.lab.broker.segments import SegmentWriter
from rdpgui.lab.broker.source import source_for

_log = logging.getLogger(__name__)

EXIT_OK, EXIT_FAILED, EXIT_BAD_CONFIG = 0, 1, 2


def run(commands: RawIOBase, out: BinaryIO) -> int:
    """Do what the first line of ``commands`` says, then obey the others.

    Args:
        commands: standard input; its end means close.
        out: standard output, for events.

    Returns:
        0 = done and nothing is missing, 1 = no film could be made, 2 = the configuration is wrong.
    """
    os.umask(0o077)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="broker: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes our input
    events, clock = EventWriter(out), Clock()
    try:
        config = parse_config(commands.readline())
        if config.finalise_only:
            return _finalise(config, events, clock, normal=False)
        return _record(config, commands, events, clock)
    except ConfigError as error:
        events.emit("failed", at_ms=clock.now_ms(), reason=str(error))
        return EXIT_BAD_CONFIG
    except OSError as error:
        events.emit("failed", at_ms=clock.now_ms(), reason=f"the broker could not start: {error}")
        return EXIT_FAILED


def _record(config: BrokerConfig, commands: RawIOBase, events: EventWriter, clock: Clock) -> int:
    closing = threading.Event()
    signal.signal(signal.SIGTERM, _Closer(closing).on_signal)
    source = source_for(config.source_url, config.source_password)
    recorder = None
    if config.record:
        config.work_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        segments = SegmentWriter(
            config.work_dir, config.data_key, config.connection_id, limit_bytes=config.disk_limit_bytes
        )
        recorder = Recorder(segments, title=f"LAB {config.instance_id}" if config.named else "LAB", fps=config.fps)
    threading.Thread(target=_obey, args=(commands, closing), name="commands", daemon=True).start()
    Connection(config, source, recorder, events, clock, closing).run()
    return EXIT_OK if recorder is None else _finalise(config, events, clock, normal=True)


class _Closer:
    """SIGTERM ends the connection normally."""

    def __init__(self, closing: threading.Event) -> None:
        self._closing = closing

    def on_signal(self, _number: int, _frame: object) -> None:
        self._closing.set()


def _obey(commands: RawIOBase, closing: threading.Event) -> None:
    """Read commands until the end of input, which also means close."""
    for line in commands:
        try:
            command = json.loads(line)
        except ValueError:
            _log.warning("a command is not JSON")
            continue
        if isinstance(command, dict) and command.get("do") == "close":
            break
        _log.warning("an unknown command")
    closing.set()


def _finalise(config: BrokerConfig, events: EventWriter, clock: Clock, *, normal: bool) -> int:
    description = f"connection {config.connection_id}, session {config.session_id}" if config.named else ""
    try:
        film = finalise(config.work_dir, config.data_key, config.connection_id, normal=normal, description=description)
    except FinaliseError as error:
        events.emit("failed", at_ms=clock.now_ms(), reason=str(error))
        return EXIT_FAILED
    events.emit(
        "processed",
        at_ms=clock.now_ms(),
        path=str(film.path),
        sha256=film.sha256,
        crc32_b64=film.crc32_b64,
        size_bytes=film.size_bytes,
        duration_s=film.duration_s,
        frames=film.frames,
        normal=normal and film.whole,
    )
    return EXIT_OK
