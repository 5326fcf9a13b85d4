"""Ways to damage a film: bits, bytes, sizes of boxes, the end, and pieces of other films."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.helpers import corpus, odd_films

_OPENED = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"edts", b"mvex", b"dinf"))
Damage = Callable[[bytes, random.Random, list[bytes]], bytes]


@dataclass(frozen=True, slots=True)
class Damaged:
    """One damaged film.

    Attributes:
        number: of the campaign. kind: how it was damaged. base: what it was made of.
    """

    number: int
    kind: str
    base: str
    data: bytes


def bases(folder: Path) -> dict[str, bytes]:
    """Return small whole films in every layout, by name."""
    shapes = [
        corpus.Shape("gop5", frames=20, gop=5),
        corpus.Shape("b", frames=20, gop=8, b_frames=2),
        corpus.Shape("one-key", frames=12, gop=0),
        corpus.Shape("variable", frames=14, gop=5, variable_seed=3),
        corpus.Shape("mpeg4", frames=14, gop=7, codec="mpeg4"),
    ]
    found: dict[str, bytes] = {}
    for shape in shapes:
        film = corpus.encode(shape)
        for layout, flags in (("front", "+faststart"), ("last", ""), ("fragments", odd_films.FRAGMENTED)):
            name = f"{shape.name}-{layout}"
            found[name] = corpus.write(film, folder / f"{name}.mp4", flags).read_bytes()
    return found


def box_places(data: bytes, begin: int = 0, end: int | None = None) -> Iterator[int]:
    """Yield the offsets of all box headers."""
    end = len(data) if end is None else end
    while begin + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, begin)
        if size < 8 or begin + size > end:
            return
        yield begin
        if kind in _OPENED:
            yield from box_places(data, begin + 8, begin + size)
        begin += size


def flipped_bits(data: bytes, dice: random.Random, _others: list[bytes]) -> bytes:
    """Flip one to twenty bits."""
    out = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 5, 20))):
        out[dice.randrange(len(out))] ^= 1 << dice.randrange(8)
    return bytes(out)


def noise(data: bytes, dice: random.Random, _others: list[bytes]) -> bytes:
    """Put random bytes over a stretch."""
    length = min(len(data), dice.choice((4, 16, 64, 512)))
    at = dice.randrange(len(data) - length + 1)
    return data[:at] + dice.randbytes(length) + data[at + length :]


def zeros(data: bytes, dice: random.Random, _others: list[bytes]) -> bytes:
    """Put zeros over a stretch, as a disk does."""
    length = min(len(data), dice.choice((16, 256, 2048)))
    at = dice.randrange(len(data) - length + 1)
    return data[:at] + bytes(length) + data[at + length :]


def box_size(data: bytes, dice: random.Random, _others: list[bytes]) -> bytes:
    """Let one box say another size."""
    at = dice.choice(list(box_places(data)))
    (size,) = struct.unpack_from(">I", data, at)
    wrong = dice.choice((0, 1, 7, 8, size - 1, size + 1, size // 2, size * 2, 2**31, 2**32 - 1))
    return data[:at] + struct.pack(">I", wrong % 2**32) + data[at + 4 :]


def box_number(data: bytes, dice: random.Random, _others: list[bytes]) -> bytes:
    """Let one number behind a box header be another one: counts, offsets, times."""
    at = dice.choice(list(box_places(data))) + 8 + 4 * dice.randrange(8)
    if at + 4 > len(data):
        return data
    wrong = dice.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, dice.randrange(2**32)))
    return data[:at] + struct.pack(">I", wrong) + data[at + 4 :]


def cut(data: bytes, dice: random.Random, _others: list[bytes]) -> bytes:
    """End too early."""
    return data[: dice.randrange(1, len(data))]


def removed(data: bytes, dice: random.Random, _others: list[bytes]) -> bytes:
    """Lose a stretch in the middle."""
    begin = dice.randrange(len(data))
    return data[:begin] + data[min(len(data), begin + dice.choice((1, 8, 100, 1000))) :]


def repeated(data: bytes, dice: random.Random, _others: list[bytes]) -> bytes:
    """Have a stretch twice."""
    begin = dice.randrange(len(data))
    return data[:begin] + data[begin - min(begin, dice.choice((8, 100, 1000))) :]


def spliced(data: bytes, dice: random.Random, others: list[bytes]) -> bytes:
    """Go on as another film, or have a piece of it inside."""
    other = dice.choice(others)
    begin, length = dice.randrange(len(other)), dice.choice((64, 1024, len(other)))
    piece, at = other[begin : begin + length], dice.randrange(len(data))
    return data[:at] + piece + (data[at:] if dice.random() < 0.5 else data[at + len(piece) :])


KINDS: dict[str, Damage] = {
    "bits": flipped_bits,
    "noise": noise,
    "zeros": zeros,
    "box size": box_size,
    "box number": box_number,
    "cut": cut,
    "removed": removed,
    "repeated": repeated,
    "spliced": spliced,
}


def damaged(films: dict[str, bytes], seed: int, number: int) -> Damaged:
    """Return one damaged film of a campaign; the same for the same numbers everywhere."""
    dice = random.Random(f"{seed}/{number}")
    kind = dice.choice(sorted(KINDS))
    base = dice.choice(sorted(films))
    return Damaged(number, kind, base, KINDS[kind](films[base], dice, [films[name] for name in sorted(films)]))
