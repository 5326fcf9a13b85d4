"""Messages of RFB: packing, parsing, garbage."""

from __future__ import annotations

from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.lab.rfb import wire
from rdpgui.lab.rfb.errors import RfbProtocolError
from rdpgui.lab.rfb.intake import Intake, Progress

T = TypeVar("T")

u8 = st.integers(0, 255)
u16 = st.integers(0, 65535)
rects = st.builds(wire.Rect, u16, u16, u16, u16)
messages: st.SearchStrategy[wire.ClientMessage] = st.one_of(
    st.just(wire.SetPixelFormat(wire.BGRX)),
    st.builds(wire.SetEncodings, st.lists(st.integers(-(2**31), 2**31 - 1), max_size=20).map(tuple)),
    st.builds(wire.UpdateRequest, st.booleans(), rects),
    st.builds(wire.KeyEvent, st.integers(0, 2**32 - 1), st.booleans()),
    st.builds(wire.PointerEvent, u16, u16, u8),
    st.builds(wire.CutText, st.binary(max_size=50)),
)


def parsed(parser: wire.Parser[T], data: bytes) -> tuple[T, Intake]:
    intake = Intake()
    intake.feed(data)
    progress = Progress(parser, intake)
    assert progress.advance()
    return progress.result, intake


@given(messages)
def test_that_a_client_message_survives_the_wire(message: wire.ClientMessage) -> None:
    result, intake = parsed(wire.parse_client_message(), message.pack())
    assert result == message
    assert intake.empty


@given(st.lists(messages, max_size=5), st.lists(st.integers(1, 20), min_size=1))
def test_that_it_does_not_matter_where_the_bytes_are_cut(sent: list[wire.ClientMessage], steps: list[int]) -> None:
    data = b"".join(message.pack() for message in sent)
    intake, received, at, turn = Intake(), [], 0, 0
    progress = Progress(wire.parse_client_message(), intake)
    while at < len(data):
        step = steps[turn % len(steps)]
        intake.feed(data[at : at + step])
        at, turn = at + step, turn + 1
        while progress.advance():
            received.append(progress.result)
            progress = Progress(wire.parse_client_message(), intake)
    assert received == sent
    assert not progress.begun


@given(st.binary(max_size=200))
def test_that_garbage_is_a_protocol_error_or_an_unfinished_message(data: bytes) -> None:
    intake = Intake()
    intake.feed(data)
    try:
        while (progress := Progress(wire.parse_client_message(), intake)).advance():
            assert progress.result is not None
    except RfbProtocolError as error:
        assert str(error)


@given(rects, st.integers(-(2**31), 2**31 - 1))
def test_that_a_rectangle_header_survives_the_wire(rect: wire.Rect, encoding: int) -> None:
    header = wire.RectHeader(rect, encoding)
    assert len(header.pack()) == wire.RectHeader.SIZE
    assert wire.RectHeader.unpack(header.pack()) == header


def test_that_the_first_message_of_a_server_survives_the_wire() -> None:
    init = wire.ServerInit(1280, 720, wire.BGRX, "LAB 端末")
    assert parsed(wire.parse_server_init(), init.pack())[0] == init


@pytest.mark.parametrize("size", [(0, 720), (1280, 0), (9000, 720), (1280, 65535)])
def test_that_a_desktop_without_area_or_without_measure_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(RfbProtocolError, match="desktop"):
        parsed(wire.parse_server_init(), wire.ServerInit(*size, wire.BGRX, "x").pack())


@pytest.mark.parametrize(
    "data",
    [
        b"\x01",
        b"\xff",
        b"\x02\x00\xff\xff",
        b"\x06\0\0\0\x7f\xff\xff\xff",
        b"\x00\0\0\0" + wire.PixelFormat(true_colour=False).pack(),
        b"\x00\0\0\0" + wire.PixelFormat(bits_per_pixel=24).pack(),
        b"\x00\0\0\0" + wire.PixelFormat(bits_per_pixel=16).pack(),
    ],
)
def test_that_unknown_and_oversized_messages_are_protocol_errors(data: bytes) -> None:
    with pytest.raises(RfbProtocolError):
        parsed(wire.parse_client_message(), data)


@given(rects, rects)
def test_that_a_union_holds_both_rectangles(one: wire.Rect, other: wire.Rect) -> None:
    union = one.united(other)
    for rect in (one, other):
        assert union.x <= rect.x
        assert union.y <= rect.y
        assert union.x + union.width >= rect.x + rect.width
        assert union.y + union.height >= rect.y + rect.height


@given(rects, st.integers(1, 2000), st.integers(1, 2000))
def test_that_a_clipped_rectangle_lies_inside(rect: wire.Rect, width: int, height: int) -> None:
    inside = rect.clipped(width, height)
    assert inside.width >= 0
    assert inside.height >= 0
    assert inside.x + inside.width <= width
    assert inside.y + inside.height <= height
