"""May decoding really begin at a sample? By its first bytes, for a file may mark every sample as a key.

Source: ITU-T H.264 §7.4.1 (nal_unit_type), §D.2.8 (recovery point); ITU-T H.265 §7.4.2.2; VP9 bitstream §6.2;
AV1 bitstream §5.3, §5.9.2; ISO/IEC 14496-2 §6.2.5 (vop_coding_type); ISO/IEC 14496-15 §4.3 (length prefixes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

Peek = Callable[[int, int], bytes]
"""Returns bytes of the sample: (offset in it, length)."""

MAX_UNITS = 64
_VOP_START = b"\0\0\1\xb6"
_VOP_SEARCH_BYTES = 4096
_SEI_RECOVERY_POINT = 6


def is_true_key(
    codec: str, size_bytes: int, peek: Peek, length_bytes: int = 4, *, believes_intra: bool = False
) -> bool:
    """Say whether decoding may begin at a sample.

    Args:
        codec: FFmpeg's name.
        size_bytes: of the sample.
        peek: reads it.
        length_bytes: width of the length before each NAL unit.
        believes_intra: an H.264 picture that refers to no other counts, though nothing says that those behind it do
            not refer to pictures before it.
    """
    match codec:
        case "h264":
            return _h264(_units(size_bytes, peek, length_bytes), peek, believes_intra=believes_intra)
        case "hevc":
            return _hevc(_units(size_bytes, peek, length_bytes), peek)
        case "vp9":
            return _vp9(peek(0, 1))
        case "av1":
            return _av1(size_bytes, peek)
        case "mpeg4":
            return _mpeg4(peek(0, min(size_bytes, _VOP_SEARCH_BYTES)))
        case _:
            return codec == "mjpeg"


def _units(size_bytes: int, peek: Peek, length_bytes: int) -> Iterator[int]:
    """Yield the offsets of the NAL units, hopping over each by its length."""
    at = 0
    for _ in range(MAX_UNITS):
        head = peek(at, length_bytes)
        if len(head) < length_bytes or at + length_bytes >= size_bytes:
            return
        yield at + length_bytes
        at += length_bytes + int.from_bytes(head, "big")


def _h264(units: Iterator[int], peek: Peek, *, believes_intra: bool) -> bool:
    recovers = False
    for at in units:
        head = peek(at, 4)
        kind = head[0] & 0x1F if head else 0
        if kind == 5:
            return True
        if kind in (1, 2):
            return recovers or (believes_intra and kind == 1 and _is_intra_slice(head))
        if kind == 6 and len(head) == 4 and head[1] == _SEI_RECOVERY_POINT:
            # Its payload begins with recovery_frame_cnt as an Exp-Golomb code: a first bit of 1 is zero, at once.
            recovers = recovers or bool(head[3] & 0x80)
    return False


def _is_intra_slice(head: bytes) -> bool:
    """Say whether the first slice of a picture is of kind 2 or 7, behind a first_mb_in_slice of 0. Source: §7.4.3."""
    return len(head) > 1 and (head[1] >> 4 == 0b1011 or head[1] == 0b1000_1000)


def _hevc(units: Iterator[int], peek: Peek) -> bool:
    for at in units:
        head = peek(at, 1)
        kind = (head[0] >> 1) & 0x3F if head else 0
        if kind < 32:  # slices; from 16 on of pictures at which decoding may begin
            return 16 <= kind <= 23
    return False


def _vp9(head: bytes) -> bool:
    if not head or head[0] >> 6 != 2:
        return False
    bits = head[0] & 0x3F
    if bits >> 4 == 3:  # profile 3 has a reserved bit before show_existing_frame
        return bits & 0x6 == 0
    return bits & 0xC == 0


def _av1(size_bytes: int, peek: Peek) -> bool:
    at = 0
    for _ in range(MAX_UNITS):
        head = peek(at, 12)
        if len(head) < 2 or at >= size_bytes:
            return False
        kind, extended, sized = (head[0] >> 3) & 15, bool(head[0] & 4), bool(head[0] & 2)
        begin = 2 if extended else 1
        length = size_bytes - at - begin
        if sized:
            length, begin = _leb128(head, begin)
        if kind in (3, 6):
            return len(head) > begin and head[begin] & 0xE0 == 0  # show_existing_frame 0, frame_type 0
        at += begin + length
    return False


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of variable length and the offset behind it."""
    value = 0
    for shift in range(0, 56, 7):
        if at >= len(data):
            break
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if not byte & 0x80:
            break
    return value, at


def _mpeg4(head: bytes) -> bool:
    at = head.find(_VOP_START)
    return at >= 0 and len(head) > at + 4 and head[at + 4] >> 6 == 0
