"""The broker's configuration line, its events and its sources."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.lab.broker.config import ConfigError, parse_config
from rdpgui.lab.broker.events import Clock, EventWriter
from rdpgui.lab.broker.source import source_for

GOOD: dict[str, object] = {
    "connection_id": "c-1",
    "session_id": "s-1",
    "instance_id": "i-1",
    "source": {"url": "rfb://127.0.0.1:5900", "password": "guestpw1"},
    "work_dir": "/tmp/x",
    "record": True,
    "data_key_b64": base64.b64encode(b"k" * 32).decode(),
    "fps": 10,
    "stall_after_s": 3.0,
    "viewer_password": "viewpw12",
    "disk_limit_bytes": None,
    "finalise_only": False,
}


def line(**changes: object) -> bytes:
    document = {**GOOD, **changes}
    return json.dumps({name: value for name, value in document.items() if value is not ...}).encode()


def test_that_a_whole_configuration_is_read() -> None:
    config = parse_config(line())
    assert config.source_url == "rfb://127.0.0.1:5900"
    assert config.work_dir == Path("/tmp/x")
    assert config.data_key == b"k" * 32
    assert config.fps == 10.0
    assert config.disk_limit_bytes is None


def test_that_secrets_do_not_show_in_the_text_of_a_configuration() -> None:
    text = repr(parse_config(line()))
    assert "guestpw1" not in text
    assert "viewpw12" not in text
    assert "kkkk" not in text


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"connection_id": ...}, "connection_id"),
        ({"source": "rfb://127.0.0.1:1"}, "source"),
        ({"source": {"password": "x"}}, "source.url"),
        ({"work_dir": 5}, "work_dir"),
        ({"record": "yes"}, "record"),
        ({"data_key_b64": "!!"}, "data_key_b64"),
        ({"data_key_b64": base64.b64encode(b"short").decode()}, "data_key_b64"),
        ({"fps": 0}, "fps"),
        ({"fps": True}, "fps"),
        ({"stall_after_s": "3"}, "stall_after_s"),
        ({"disk_limit_bytes": -1}, "disk_limit_bytes"),
        ({"viewer_password": None}, "viewer_password"),
    ],
)
def test_that_a_wrong_member_is_named(changes: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigError, match=f"^{named} must be"):
        parse_config(line(**changes))


json_values = st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists)


@given(st.one_of(st.binary(max_size=60), json_values.map(lambda value: json.dumps(value).encode())))
def test_that_anything_else_is_refused_with_a_sentence(garbage: bytes) -> None:
    with pytest.raises(ConfigError, match="must be"):
        parse_config(garbage)


def test_that_finishing_needs_no_source_and_no_viewer() -> None:
    config = parse_config(line(finalise_only=True, source=..., viewer_password=...))
    assert config.finalise_only


def test_that_an_unrecorded_connection_needs_no_key() -> None:
    assert parse_config(line(record=False, data_key_b64=...)).data_key == b""


@pytest.mark.parametrize(
    "url",
    ["rdp://127.0.0.1:3389", "rfb://127.0.0.1", "rfb://192.0.2.1:5900", "rfb://localhost:1", "rfb://127.0.0.1:x", ""],
)
def test_that_a_source_elsewhere_or_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^source\.url must"):
        source_for(url, "")


def test_that_events_are_one_json_object_a_line() -> None:
    stream = io.BytesIO()
    EventWriter(stream).emit("ended", at_ms=5, reason="closed", last_frame_at_ms=None)
    assert json.loads(stream.getvalue()) == {"event": "ended", "at_ms": 5, "reason": "closed", "last_frame_at_ms": None}
    assert stream.getvalue().endswith(b"\n")


class _Broken(io.BytesIO):
    def flush(self) -> None:
        raise BrokenPipeError("gone")


def test_that_a_reader_that_left_does_not_end_the_broker(caplog: pytest.LogCaptureFixture) -> None:
    events = EventWriter(_Broken())
    events.emit("stalled", at_ms=1)
    events.emit("resumed", at_ms=2)
    assert [record.message for record in caplog.records] == ["nobody reads the events any more: gone"]


def test_that_the_clock_never_goes_back() -> None:
    clock = Clock()
    times = [clock.now_ms() for _ in range(1000)]
    assert times == sorted(times)
