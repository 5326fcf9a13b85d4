"""The sequence parameter sets that key frames of H.264 and H.265 repeat: other ones may mean another picture size.

Source: ISO/IEC 14496-15 §5, §8 (length-prefixed NAL units), ITU-T H.264 §7.3.1 (nal_unit_type 7), H.265 §7.3.1.2 (33).
"""

from __future__ import annotations

import struct

READABLE = frozenset(("h264", "hevc"))
PREFIX_BYTES = 256
"""How much of a sample to look at."""
_MAX_NALS = 8
_H264_SPS, _H264_SLICES = 7, range(1, 6)
_H265_SPS, _H265_SLICES = 33, range(32)


def sequence_parameters(prefix: bytes, codec: str = "h264") -> bytes:
    """Return the first sequence parameter set at the beginning of a sample (4-byte lengths), empty when none.

    Args:
        prefix: the first bytes of the sample.
        codec: one of ``READABLE``.
    """
    at = 0
    for _ in range(_MAX_NALS):
        if at + 5 > len(prefix):
            return b""
        (length,) = struct.unpack_from(">I", prefix, at)
        kind = prefix[at + 4] & 0x1F if codec == "h264" else prefix[at + 4] >> 1 & 0x3F
        if kind == (_H264_SPS if codec == "h264" else _H265_SPS):
            return prefix[at + 4 : at + 4 + length]
        if kind in (_H264_SLICES if codec == "h264" else _H265_SLICES) or length == 0:
            return b""
        at += 4 + length
    return b""
