"""One connection from the first picture to its end: source, viewer, stall rule, recorder."""

from __future__ import annotations

import logging
import threading

from rdpgui.lab.broker.config import BrokerConfig
from rdpgui.lab.broker.events import Clock, EventWriter
from rdpgui.lab.broker.recorder import Recorder
from rdpgui.lab.broker.source import Arrival, EndReason, FrameSource, SourceClosed
from rdpgui.lab.broker.viewer import Viewer
from rdpgui.lab.broker.watch import Sign, StallWatch

_log = logging.getLogger(__name__)

_LOOK_S = 0.05


class Connection:
    """Runs in the main thread of the broker.

    Args:
        config: what to do.
        source: not yet opened.
        recorder: None = the connection is not filmed.
        events: where to report.
        clock: dates the film and the events.
        closing: set by another thread to end the connection normally.
    """

    def __init__(
        self,
        config: BrokerConfig,
        source: FrameSource,
        recorder: Recorder | None,
        events: EventWriter,
        clock: Clock,
        closing: threading.Event,
    ) -> None:
        self._config = config
        self._source = source
        self._recorder = recorder
        self._events = events
        self._clock = clock
        self._closing = closing
        self._viewer: Viewer | None = None
        self._watch = StallWatch(config.stall_after_s, clock.now_ms())
        self._connected = False
        self._last_frame_at_ms: int | None = None
        self._reported_stop = False

    def run(self) -> None:
        """Returns when the connection is over, its film is on the disk, and ``ended`` was reported."""
        reason = EndReason.CLOSED
        try:
            self._source.open()
            self._watch = StallWatch(self._config.stall_after_s, self._clock.now_ms())
            self._open_viewer()
            while not self._closing.is_set():
                self._look()
        except SourceClosed as closed:
            reason = closed.reason if self._connected else EndReason.SOURCE_UNREACHABLE
            _log.info("the source is gone: %s", closed.detail)
        at_ms = self._clock.now_ms()
        self._finish(reason, at_ms)

    def _open_viewer(self) -> None:
        name = f"LAB {self._config.instance_id}"
        self._viewer = Viewer(self._source, name=name, password=self._config.viewer_password)
        self._viewer.start()
        self._events.emit("viewer", port=self._viewer.port)

    def _look(self) -> None:
        arrival = self._source.poll(self._patience_s())
        now_ms = self._clock.now_ms()
        if arrival is Arrival.PICTURE:
            self._on_picture(now_ms)
        if self._viewer is not None and self._connected:
            self._viewer.show(self._source.picture, changed=arrival is Arrival.PICTURE)
        if arrival is Arrival.NOTHING:
            self._obey(self._watch.silent(now_ms), now_ms)
        else:
            self._obey(self._watch.heard(now_ms), now_ms)
        if self._recorder is not None:
            self._recorder.tick(now_ms)
            self._report_stop(self._recorder, now_ms)

    def _patience_s(self) -> float:
        if self._recorder is None or not self._connected or self._recorder.stopped:
            return _LOOK_S
        return min(_LOOK_S, self._recorder.due_in_ms(self._clock.now_ms()) / 1000)

    def _on_picture(self, now_ms: int) -> None:
        self._last_frame_at_ms = now_ms
        if not self._connected:
            self._connected = True
            height, width = self._source.picture.shape[:2]
            self._events.emit("connected", at_ms=now_ms, width=width, height=height)
        if self._recorder is not None:
            starts = self._recorder.zero_at_ms is None
            self._recorder.offer(self._source.picture, now_ms)
            if starts:
                self._events.emit("recording", at_ms=now_ms)

    def _obey(self, sign: Sign, now_ms: int) -> None:
        match sign:
            case Sign.PING:
                self._source.ping()
            case Sign.STALLED | Sign.RESUMED:
                self._events.emit(sign.value, at_ms=now_ms)
            case Sign.NOTHING:
                return

    def _report_stop(self, recorder: Recorder, now_ms: int) -> None:
        if recorder.stopped and not self._reported_stop:
            self._reported_stop = True
            self._events.emit("recording-stopped", at_ms=now_ms, reason=EndReason.DISK_FULL)

    def _finish(self, reason: EndReason, at_ms: int) -> None:
        self._source.close()
        frames, last_frame_at_ms = 0, self._last_frame_at_ms
        if self._recorder is not None:
            self._recorder.finish(at_ms)
            frames, last_frame_at_ms = self._recorder.frames, self._recorder.last_picture_at_ms
            if self._reported_stop or self._recorder.full:
                reason = EndReason.DISK_FULL
        self._events.emit("ended", at_ms=at_ms, reason=reason, last_frame_at_ms=last_frame_at_ms, frames=frames)
        if self._viewer is not None:
            self._viewer.close()
