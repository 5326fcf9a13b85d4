"""The messages of RFB 3.8 as values, with their packing and parsing.

Parsers are generators that yield how many bytes they need next and receive exactly
those; so they run without a socket, resume at any byte, and cannot block.

Source: RFC 6143 §7.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, TypeVar

from rdpgui.lab.rfb.errors import RfbProtocolError

T = TypeVar("T")
Parser = Generator[int, bytes, T]

VERSION = b"RFB 003.008\n"
SECURITY_NONE = 1
SECURITY_VNC = 2
MAX_SIDE = 8192
MAX_TEXT_BYTES = 1 << 20
MAX_ENCODINGS = 1024


class Encoding(IntEnum):
    """Encodings and pseudo-encodings that we understand."""

    RAW = 0
    ZLIB = 6
    DESKTOP_SIZE = -223


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of the framebuffer in pixels, left upper corner first."""

    x: int
    y: int
    width: int
    height: int

    _STRUCT: ClassVar[struct.Struct] = struct.Struct(">HHHH")

    @property
    def area(self) -> int:
        """Pixels inside."""
        return self.width * self.height

    def clipped(self, width: int, height: int) -> Rect:
        """The part of the rectangle inside a framebuffer of that size; possibly empty."""
        x, y = min(self.x, width), min(self.y, height)
        return Rect(x, y, min(self.width, width - x), min(self.height, height - y))

    def united(self, other: Rect) -> Rect:
        """The smallest rectangle around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        right, bottom = (
            max(self.x + self.width, other.x + other.width),
            max(self.y + self.height, other.y + other.height),
        )
        return Rect(x, y, right - x, bottom - y)

    def pack(self) -> bytes:
        """Eight bytes: x, y, width, height."""
        return self._STRUCT.pack(self.x, self.y, self.width, self.height)

    @classmethod
    def unpack(cls, data: bytes) -> Rect:
        """The inverse of `pack`."""
        return cls(*cls._STRUCT.unpack(data))


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """PIXEL_FORMAT. Source: RFC 6143 §7.4."""

    bits_per_pixel: int = 32
    depth: int = 24
    big_endian: bool = False
    true_colour: bool = True
    red_max: int = 255
    green_max: int = 255
    blue_max: int = 255
    red_shift: int = 16
    green_shift: int = 8
    blue_shift: int = 0

    _STRUCT: ClassVar[struct.Struct] = struct.Struct(">BBBBHHHBBB3x")
    SIZE: ClassVar[int] = 16

    def pack(self) -> bytes:
        """Sixteen bytes."""
        return self._STRUCT.pack(
            self.bits_per_pixel, self.depth, self.big_endian, self.true_colour, self.red_max, self.green_max,
            self.blue_max, self.red_shift, self.green_shift, self.blue_shift,
        )  # fmt: skip

    @classmethod
    def unpack(cls, data: bytes) -> PixelFormat:
        """The inverse of `pack`.

        Raises:
            RfbProtocolError: a format nobody can serve (colour maps, odd sizes, shifts out of range).
        """
        bits, depth, big, true, *rest = cls._STRUCT.unpack(data)
        pixel_format = cls(bits, depth, bool(big), bool(true), *rest)
        pixel_format.check()
        return pixel_format

    def check(self) -> None:
        """Raise `RfbProtocolError` unless pixels of this format can be made."""
        if not self.true_colour:
            raise RfbProtocolError("colour maps are not served; ask for true colour")
        if self.bits_per_pixel not in (8, 16, 32):
            raise RfbProtocolError(f"{self.bits_per_pixel} bits per pixel are not allowed")
        for maximum, shift in (
            (self.red_max, self.red_shift),
            (self.green_max, self.green_shift),
            (self.blue_max, self.blue_shift),
        ):
            if shift + maximum.bit_length() > self.bits_per_pixel:
                raise RfbProtocolError("a colour does not fit into the pixel")


BGRX = PixelFormat()


# ---- client to server ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetPixelFormat:
    """Message 0."""

    pixel_format: PixelFormat

    def pack(self) -> bytes:
        """The whole message."""
        return b"\x00\0\0\0" + self.pixel_format.pack()


@dataclass(frozen=True, slots=True)
class SetEncodings:
    """Message 2: the encodings wanted, best first."""

    encodings: tuple[int, ...]

    def pack(self) -> bytes:
        """The whole message."""
        return struct.pack(f">BxH{len(self.encodings)}i", 2, len(self.encodings), *self.encodings)


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """Message 3: send me this area; incremental = only if something changed."""

    incremental: bool
    area: Rect

    def pack(self) -> bytes:
        """The whole message."""
        return struct.pack(">BB", 3, self.incremental) + self.area.pack()


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """Message 4: an X11 keysym went down or up."""

    keysym: int
    down: bool

    def pack(self) -> bytes:
        """The whole message."""
        return struct.pack(">BBxxI", 4, self.down, self.keysym)


@dataclass(frozen=True, slots=True)
class PointerEvent:
    """Message 5: where the pointer is; ``buttons`` is a bit mask, bit 0 = left."""

    x: int
    y: int
    buttons: int

    def pack(self) -> bytes:
        """The whole message."""
        return struct.pack(">BBHH", 5, self.buttons, self.x, self.y)


@dataclass(frozen=True, slots=True)
class CutText:
    """Message 6 from a client, message 3 from a server: clipboard text, Latin-1. Read and ignored."""

    text: bytes

    def pack(self) -> bytes:
        """The whole message as a client sends it."""
        return struct.pack(">BxxxI", 6, len(self.text)) + self.text


ClientMessage = SetPixelFormat | SetEncodings | UpdateRequest | KeyEvent | PointerEvent | CutText


def _parse_pixel_format() -> Parser[ClientMessage]:
    data = yield 3 + PixelFormat.SIZE
    return SetPixelFormat(PixelFormat.unpack(data[3:]))


def _parse_encodings() -> Parser[ClientMessage]:
    (count,) = struct.unpack(">xH", (yield 3))
    if count > MAX_ENCODINGS:
        raise RfbProtocolError(f"{count} encodings in one message")
    data = yield 4 * count
    return SetEncodings(struct.unpack(f">{count}i", data))


def _parse_request() -> Parser[ClientMessage]:
    data = yield 9
    return UpdateRequest(bool(data[0]), Rect.unpack(data[1:]))


def _parse_key() -> Parser[ClientMessage]:
    down, keysym = struct.unpack(">BxxI", (yield 7))
    return KeyEvent(keysym, bool(down))


def _parse_pointer() -> Parser[ClientMessage]:
    buttons, x, y = struct.unpack(">BHH", (yield 5))
    return PointerEvent(x, y, buttons)


def parse_cut_text() -> Parser[CutText]:
    """The rest of a clipboard message, after its type byte; the same in both directions."""
    (length,) = struct.unpack(">xxxI", (yield 7))
    if length > MAX_TEXT_BYTES:
        raise RfbProtocolError(f"{length} bytes of clipboard text")
    return CutText((yield length))


_CLIENT_PARSERS: dict[int, Callable[[], Parser[ClientMessage]]] = {
    0: _parse_pixel_format,
    2: _parse_encodings,
    3: _parse_request,
    4: _parse_key,
    5: _parse_pointer,
}


def parse_client_message() -> Parser[ClientMessage]:
    """One message of a client.

    Raises:
        RfbProtocolError: unknown message, or one beyond our limits.
    """
    kind = (yield 1)[0]
    if kind == 6:
        return (yield from parse_cut_text())
    parser = _CLIENT_PARSERS.get(kind)
    if parser is None:
        raise RfbProtocolError(f"client message of unknown type {kind}")
    return (yield from parser())


# ---- server to client ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ServerInit:
    """ServerInit: size of the desktop in pixels, its pixel format and name."""

    width: int
    height: int
    pixel_format: PixelFormat
    name: str

    def pack(self) -> bytes:
        """The whole message."""
        name = self.name.encode()
        return (
            struct.pack(">HH", self.width, self.height) + self.pixel_format.pack() + struct.pack(">I", len(name)) + name
        )


def parse_server_init() -> Parser[ServerInit]:
    """The first message after authentication.

    Raises:
        RfbProtocolError: a size of zero or beyond 8192, or a name of more than a mebibyte.
    """
    data = yield 4 + PixelFormat.SIZE + 4
    width, height = struct.unpack_from(">HH", data)
    check_size(width, height)
    (length,) = struct.unpack_from(">I", data, 4 + PixelFormat.SIZE)
    if length > MAX_TEXT_BYTES:
        raise RfbProtocolError(f"a desktop name of {length} bytes")
    name = yield length
    return ServerInit(
        width, height, PixelFormat(*PixelFormat._STRUCT.unpack(data[4:20])), name.decode("utf-8", "replace")
    )


def check_size(width: int, height: int) -> None:
    """Raise `RfbProtocolError` for a desktop that is empty or larger than 8192 pixels a side."""
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise RfbProtocolError(f"a desktop of {width}x{height} pixels")


@dataclass(frozen=True, slots=True)
class RectHeader:
    """Twelve bytes in front of each rectangle of an update."""

    rect: Rect
    encoding: int

    SIZE: ClassVar[int] = 12

    def pack(self) -> bytes:
        """Twelve bytes."""
        return self.rect.pack() + struct.pack(">i", self.encoding)

    @classmethod
    def unpack(cls, data: bytes) -> RectHeader:
        """The inverse of `pack`."""
        return cls(Rect.unpack(data[:8]), struct.unpack(">i", data[8:])[0])


def pack_update_header(rects: int) -> bytes:
    """The start of a FramebufferUpdate with that many rectangles."""
    return struct.pack(">BxH", 0, rects)


def pack_reason(text: str) -> bytes:
    """A length and a text, as after a refusal."""
    data = text.encode()
    return struct.pack(">I", len(data)) + data


def parse_reason() -> Parser[str]:
    """The text after a refusal."""
    (length,) = struct.unpack(">I", (yield 4))
    if length > MAX_TEXT_BYTES:
        raise RfbProtocolError(f"a reason of {length} bytes")
    return (yield length).decode("utf-8", "replace")
