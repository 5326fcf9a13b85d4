"""Films that are not what they seem: encrypted, spliced, with holes, several tracks, false keys, silent damage.

Each is made from a base film of ``tests.helpers.corpus`` by the muxer's own options, or by changing bytes.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from pathlib import Path

import av
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.helpers.corpus import Encoded

KEY = "76a6c65c5ea762046bd749a2e632ccbb"
KEY_ID = "a7e61c373e219033c21091fa607bf3b8"
FRAGMENTED = "+frag_keyframe+empty_moov+default_base_moof"


def write_encrypted(film: Encoded, path: Path, movflags: str) -> Path:
    """Write a film whose pictures are encrypted by AES-CTR (``cenc``)."""
    options = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": KEY, "encryption_kid": KEY_ID}
    with av.open(str(path), "w", format="mp4", options=options | ({"movflags": movflags} if movflags else {})) as file:
        shape = film.shape
        stream = file.add_mux_stream(shape.codec, rate=shape.fps, width=shape.width, height=shape.height)
        stream.time_base = film.time_base
        for item in film.packets:
            packet = av.Packet(item.data)
            packet.pts, packet.dts, packet.duration = item.pts, item.dts, item.duration
            packet.is_keyframe, packet.time_base, packet.stream = item.key, film.time_base, stream
            file.mux(packet)
    return path


def copy_of(source: Path, path: Path, movflags: str) -> Path:
    """Copy a film into another layout, for example ``FRAGMENTED``: one fragment a key frame."""
    options = {"movflags": movflags} if movflags else {}
    with av.open(str(source)) as film, av.open(str(path), "w", format="mp4", options=options) as file:
        stream = file.add_stream_from_template(film.streams.video[0])
        for packet in film.demux(film.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                file.mux(packet)
    return path


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Yield (kind, begin, end) of the boxes between two offsets."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        yield kind, start, start + size
        start += size


def place_of(data: bytes, *path: bytes) -> tuple[int, int]:
    """Return begin and end of the first box on a path of kinds."""
    begin, end = 0, len(data)
    for kind in path:
        found = next(((a, b) for name, a, b in boxes(data, begin, end) if name == kind), None)
        assert found is not None, kind
        begin, end = found[0] + 8, found[1]
    return begin - 8, end


def fragments(data: bytes) -> tuple[bytes, list[bytes]]:
    """Return what is before the fragments, and each moof with its mdat."""
    parts = list(boxes(data))
    first = next(at for at, (kind, _, _) in enumerate(parts) if kind == b"moof")
    head = data[: parts[first][1]]
    found: list[bytes] = []
    for kind, begin, end in parts[first:]:
        if kind == b"moof":
            found.append(data[begin:end])
        elif kind == b"mdat":
            found[-1] += data[begin:end]
    return head, found


def all_marked_as_keys(data: bytes) -> bytes:
    """Return a film without fragments in which every sample counts as a key: its table of them is gone."""
    begin, _ = place_of(data, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stss")
    return data[: begin + 4] + b"free" + data[begin + 8 :]


def marked_as_keys(data: bytes, numbers: list[int]) -> bytes:
    """Return a film, its index last, in which the samples of these numbers, from 0, are marked as keys."""
    begin, end = place_of(data, *STBL, b"stss")
    rows = b"".join(struct.pack(">I", number + 1) for number in numbers)
    table = struct.pack(">I4sII", 16 + len(rows), b"stss", 0, len(numbers)) + rows
    found = bytearray(data[:begin] + table + data[end:])
    for depth in range(1, len(STBL) + 1):
        at, stop = place_of(data, *STBL[:depth])
        struct.pack_into(">I", found, at, stop - at + len(table) - (end - begin))
    return bytes(found)


def with_time_gap(fragment: bytes, ticks: int) -> bytes:
    """Return a fragment that begins later, or earlier, by so many ticks."""
    at = fragment.index(b"tfdt") + 4
    assert fragment[at] == 1
    (begin,) = struct.unpack_from(">Q", fragment, at + 4)
    return fragment[: at + 4] + struct.pack(">Q", begin + ticks) + fragment[at + 12 :]


STBL = (b"moov", b"trak", b"mdia", b"minf", b"stbl")


def with_turn(data: bytes, a: int, b: int, c: int, d: int) -> bytes:
    """Return a film whose pictures are shown by another matrix: x' = ax + cy, y' = bx + dy."""
    begin, _ = place_of(data, b"moov", b"trak", b"tkhd")
    at = begin + 8 + (52 if data[begin + 8] == 1 else 40)
    matrix = struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    return data[:at] + matrix + data[at + len(matrix) :]


def with_pixels(data: bytes, wide: int, high: int) -> bytes:
    """Return a film, its index last, whose pixels are no squares."""
    _, end = place_of(data, *STBL, b"stsd")  # the one entry ends with its table
    pasp = struct.pack(">I4sII", 16, b"pasp", wide, high)
    out = bytearray(data[:end] + pasp + data[end:])
    inner = [place_of(data, *STBL[:depth])[0] for depth in range(1, 6)]
    stsd, _ = place_of(data, *STBL, b"stsd")
    for at in (*inner, stsd, stsd + 16):
        (size,) = struct.unpack_from(">I", out, at)
        struct.pack_into(">I", out, at, size + len(pasp))
    return bytes(out)


def without_timescale(data: bytes) -> bytes:
    """Return a film whose track does not say how long a tick is."""
    begin, _ = place_of(data, b"moov", b"trak", b"mdia", b"mdhd")
    at = begin + 8 + (20 if data[begin + 8] == 1 else 12)
    return data[:at] + bytes(4) + data[at + 4 :]


def with_noise(data: bytes, *, bytes_at: float, count: int, seed: int) -> bytes:
    """Return a film whose media have random bytes from a share of them on."""
    begin, end = next((a, b) for kind, a, b in boxes(data) if kind == b"mdat")
    at = begin + 8 + int((end - begin - 8) * bytes_at)
    return data[:at] + random.Random(seed).randbytes(min(count, end - at)) + data[at + count :]


def write_tracks(films: list[Encoded], path: Path) -> Path:
    """Write several picture tracks into one film, in their order."""
    with av.open(str(path), "w", format="mp4") as file:
        streams = []
        for film in films:
            stream = file.add_mux_stream(
                film.shape.codec, rate=film.shape.fps, width=film.shape.width, height=film.shape.height
            )
            stream.time_base = film.time_base
            streams.append(stream)
        for film, stream in zip(films, streams, strict=True):
            for item in film.packets:
                packet = av.Packet(item.data)
                packet.pts, packet.dts, packet.duration = item.pts, item.dts, item.duration
                packet.is_keyframe, packet.time_base, packet.stream = item.key, film.time_base, stream
                file.mux(packet)
    return path


def with_first_shown_late(fragment: bytes, ticks: int) -> bytes:
    """Return a fragment whose first picture is shown so many ticks later than its index said."""
    at = fragment.index(b"trun") + 4
    flags = int.from_bytes(fragment[at + 1 : at + 4], "big")
    assert flags & 0x800, "no shifts of presentation"
    at += 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
    at += 4 * sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400))
    (shift,) = struct.unpack_from(">i", fragment, at)
    return fragment[:at] + struct.pack(">i", shift + ticks) + fragment[at + 4 :]


STSD = (*STBL, b"stsd")


def box(kind: bytes, content: bytes) -> bytes:
    """Return a box."""
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def replaced(data: bytes, begin: int, end: int, new: bytes) -> bytes:
    """Return a film with other bytes inside its sample descriptions; sizes and chunk offsets follow."""
    grown = len(new) - (end - begin)
    out = bytearray(data[:begin] + new + data[end:])
    for depth in range(1, 7):
        at, _ = place_of(data, *STSD[:depth])
        size = int.from_bytes(out[at : at + 4], "big")
        out[at : at + 4] = (size + grown).to_bytes(4, "big")
    at = bytes(out).find(b"stco")
    for number in range(int.from_bytes(out[at + 8 : at + 12], "big")):
        place = at + 12 + 4 * number
        out[place : place + 4] = (int.from_bytes(out[place : place + 4], "big") + grown).to_bytes(4, "big")
    return bytes(out)


def with_description(fragment: bytes, number: int) -> bytes:
    """Return a fragment whose samples use another description, with what a decryption needs beside them."""
    moof_size = int.from_bytes(fragment[:4], "big")
    moof, rest = bytearray(fragment[:moof_size]), fragment[moof_size:]
    at = moof.index(b"tfhd")
    flags = int.from_bytes(moof[at + 5 : at + 8], "big")
    assert not flags & 0x2
    moof[at + 5 : at + 8] = (flags | 0x2).to_bytes(3, "big")
    insert = at + 12 + (8 if flags & 1 else 0)
    extra = number.to_bytes(4, "big")
    senc = box(b"senc", bytes(8))
    moof[insert:insert] = extra
    traf = moof.index(b"traf") - 4
    traf_size = int.from_bytes(moof[traf : traf + 4], "big")
    moof[traf + traf_size + 4 : traf + traf_size + 4] = senc
    grown = len(extra) + len(senc)
    for place, more in ((0, grown), (traf, grown), (at - 4, len(extra))):
        moof[place : place + 4] = (int.from_bytes(moof[place : place + 4], "big") + more).to_bytes(4, "big")
    at = moof.index(b"trun")
    assert int.from_bytes(moof[at + 5 : at + 8], "big") & 1
    moof[at + 12 : at + 16] = (int.from_bytes(moof[at + 12 : at + 16], "big") + grown).to_bytes(4, "big")
    return bytes(moof) + rest


_TENC = bytes(6) + b"\1\x08" + bytes(16)
_TENC_CONSTANT = b"\1" + bytes(4) + b"\x19\1\0" + bytes.fromhex(KEY_ID) + b"\x10" + bytes(16)
"""Version 1: one block of ten encrypted, and the begin of all samples alike."""


def marked_as_encrypted(data: bytes, scheme_kind: bytes = b"cenc", *, constant: bool = False) -> bytes:
    """Return a film whose description says ``encv`` while its pictures are in clear, and nothing decrypts them.

    ``constant``: for a decryption nothing but the key would be missing.
    """
    begin, end = place_of(data, *STSD)
    entry = data[begin + 16 : end]
    information = box(b"schi", box(b"tenc", _TENC_CONSTANT if constant else _TENC))
    scheme = box(b"schm", bytes(4) + scheme_kind + bytes(4))
    sinf = box(b"sinf", box(b"frma", b"avc1") + scheme + information)
    return replaced(data, begin + 16, end, box(b"encv", entry[8:] + sinf))


def encrypted_by_pattern(data: bytes, places: list[tuple[int, int]], *, clear_bytes: int) -> bytes:
    """Return a film, its index last, encrypted as by ``cbcs`` with a constant IV: slices of H.264, one block of ten.

    Args:
        data: the film in clear.
        places: offset and size of its samples.
        clear_bytes: at the begin of each slice.
    """
    out = bytearray(data)
    for pos, size in places:
        at = pos
        while at + 4 < pos + size:
            stop = at + 4 + int.from_bytes(out[at : at + 4], "big")
            if out[at + 4] & 0x1F in (1, 5):
                _encrypt_blocks(out, at + 4 + clear_bytes, stop)
            at = stop
    return marked_as_encrypted(bytes(out), b"cbcs", constant=True)


def _encrypt_blocks(out: bytearray, at: int, stop: int) -> None:
    step = Cipher(algorithms.AES(bytes.fromhex(KEY)), modes.CBC(bytes(16))).encryptor()
    for begin in range(at, stop - 15, 160):
        out[begin : begin + 16] = step.update(bytes(out[begin : begin + 16]))


def with_clear_lead(secret: bytes, fragmented: bytes, lead: int) -> bytes:
    """Return a fragmented film that is encrypted behind so many fragments; their description is of another film."""
    begin, end = place_of(secret, *STSD)
    encv = secret[begin + 16 : end]
    head, parts = fragments(fragmented)
    at, stop = place_of(head, *STSD)
    head = replaced(head, stop, stop, encv)
    head = head[: at + 12] + b"\0\0\0\2" + head[at + 16 :]
    return head + b"".join(parts[:lead]) + b"".join(with_description(part, 2) for part in parts[lead:])


def with_clock(data: bytes, seconds: int, *, long: bool) -> bytes:
    """Return a film, its index last, whose three clocks say so many seconds since 1904.

    Args:
        data: the film, whose headers are of version 0.
        seconds: what each says.
        long: as 64 bits, in headers of version 1.
    """
    for *path, kind, fields in (
        (b"moov", b"mvhd", ">IIII"),
        (b"moov", b"trak", b"tkhd", ">IIIII"),
        (b"moov", b"trak", b"mdia", b"mdhd", ">IIII"),
    ):
        begin, end = place_of(data, *path, kind)
        body = data[begin + 8 : end]
        *_times, length = struct.unpack_from(fields, body, 4)
        rest = body[4 + struct.calcsize(fields) :]
        if long:
            form = fields.replace("II", "QQ", 1)[:-1] + "Q"
            new = b"\1" + body[1:4] + struct.pack(form, seconds, seconds, *_times[2:], length) + rest
        else:
            new = body[:4] + struct.pack(">II", seconds, seconds) + body[12:]
        made = bytearray(data[:begin] + box(kind, new) + data[end:])
        for depth in range(1, len(path) + 1):
            at, stop = place_of(data, *path[:depth])
            struct.pack_into(">I", made, at, stop - at + 8 + len(new) - (end - begin))
        data = bytes(made)
    return data
