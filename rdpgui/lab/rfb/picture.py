"""The client's copy of a remote framebuffer: what the server's messages make of it."""

from __future__ import annotations

import zlib

import numpy as np

from rdpgui.lab.rfb.errors import RfbProtocolError
from rdpgui.lab.rfb.tiles import Frame
from rdpgui.lab.rfb.wire import Encoding, Parser, Rect, RectHeader, check_size, parse_cut_text

_MAX_UPDATE_FRAMES = 4
_Block = tuple[Rect, Frame]


class Picture:
    """Applies updates, each of them whole or not at all.

    Attributes:
        width, height: pixels.
        frame: (height, width, 4) uint8 BGRX, updated in place; another array after a change of size.
        changes: how many updates changed some pixel, the first picture of a size always.
    """

    def __init__(self) -> None:
        self.changes = 0
        self._first = True
        self._inflate = zlib.decompressobj()
        self.begin(0, 0)

    def begin(self, width: int, height: int) -> None:
        """Take a new, black frame of a size in pixels."""
        self.width, self.height = width, height
        self.frame: Frame = np.zeros((height, width, 4), dtype=np.uint8)

    def parse_message(self) -> Parser[bool]:
        """Take in one message of the server; the parser's result says whether it was an update.

        Raises:
            RfbProtocolError: broken protocol. zlib.error: broken compression.
        """
        kind = (yield 1)[0]
        match kind:
            case 0:
                yield from self._parse_update()
            case 1:
                header = yield 5
                yield 6 * int.from_bytes(header[3:5], "big")  # colour map entries mean nothing in true colour
            case 2:
                yield 0  # bell
            case 3:
                yield from parse_cut_text()
            case _:
                raise RfbProtocolError(f"server message of unknown type {kind}")
        return kind == 0

    def _parse_update(self) -> Parser[None]:
        count = int.from_bytes((yield 3)[1:3], "big")
        blocks: list[_Block] = []
        budget_pixels = _MAX_UPDATE_FRAMES * self.width * self.height
        for _ in range(count):
            header = RectHeader.unpack((yield RectHeader.SIZE))
            if header.encoding == Encoding.DESKTOP_SIZE:
                blocks.clear()  # they belong to a picture that is gone
                self._resize(header.rect)
                budget_pixels = _MAX_UPDATE_FRAMES * self.width * self.height
                continue
            self._check_inside(header.rect)
            budget_pixels -= header.rect.area
            if budget_pixels < 0:
                raise RfbProtocolError("an update with far more pixels than the desktop has")
            blocks.append((header.rect, (yield from self._parse_block(header))))
        self._apply(blocks)

    def _parse_block(self, header: RectHeader) -> Parser[Frame]:
        size_bytes = 4 * header.rect.area
        match header.encoding:
            case Encoding.RAW:
                data = yield size_bytes
            case Encoding.ZLIB:
                length = int.from_bytes((yield 4), "big")
                if length > size_bytes + 65536:
                    raise RfbProtocolError(f"{length} compressed bytes for {size_bytes}")
                data = self._inflated((yield length), size_bytes)
            case other:
                raise RfbProtocolError(f"encoding {other} was not asked for")
        return np.frombuffer(data, dtype=np.uint8).reshape(header.rect.height, header.rect.width, 4)

    def _inflated(self, data: bytes, size_bytes: int) -> bytes:
        plain = self._inflate.decompress(data, size_bytes + 1)
        if len(plain) != size_bytes or self._inflate.unconsumed_tail:
            raise RfbProtocolError("compressed pixels of another length than their rectangle")
        return plain

    def _check_inside(self, rect: Rect) -> None:
        if rect.x + rect.width > self.width or rect.y + rect.height > self.height:
            raise RfbProtocolError(f"a rectangle {rect} outside {self.width}x{self.height}")

    def _resize(self, rect: Rect) -> None:
        check_size(rect.width, rect.height)
        self.begin(rect.width, rect.height)
        self._first = True

    def _apply(self, blocks: list[_Block]) -> None:
        if not blocks:
            return  # a new size alone is no picture yet
        changed, self._first = self._first, False
        for rect, block in blocks:
            target = self.frame[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width]
            if not changed and rect.area:
                changed = not np.array_equal(target, block)
            target[:] = block
        self.changes += changed
