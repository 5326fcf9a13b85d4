"""Does the picture size change inside an H.264 film? Looks at parameter sets repeated in key frames.

Only the first bytes of key samples are read, nothing is decoded.
Source: ISO/IEC 14496-15 §5 (length-prefixed NAL units), ITU-T H.264 §7.3.1 (nal_unit_type 7 = sequence parameter set).
"""

from __future__ import annotations

import struct

import numpy as np

from rdpgui.media.film import Film
from rdpgui.media.idle import SampleTable
from rdpgui.media.remote_file import LocalReader

_NAL_SPS = 7
_NAL_SLICES = frozenset((1, 2, 3, 4, 5))
_PREFIX_BYTES = 256
_MAX_KEYS = 20_000
_MAX_NALS = 8


def in_band_parameters_change(film: Film, table: SampleTable) -> bool:
    """Say whether key frames bring different sequence parameter sets.

    Remote films are not searched: it would fetch a block per key frame.

    Args:
        film: opened film.
        table: its index.
    """
    reader = film.file.reader
    if not isinstance(reader, LocalReader) or film.stream.codec_context.codec.canonical_name != "h264":
        return False
    found: set[bytes] = set()
    for number in np.flatnonzero(table.key)[:_MAX_KEYS]:
        prefix = reader.read_range(int(table.pos[number]), min(_PREFIX_BYTES, int(table.size_bytes[number])))
        parameters = sequence_parameters(prefix)
        if parameters:
            found.add(parameters)
        if len(found) > 1:
            return True
    return False


def sequence_parameters(prefix: bytes) -> bytes:
    """Return the first sequence parameter set at the beginning of a sample (4-byte lengths), empty when none."""
    at = 0
    for _ in range(_MAX_NALS):
        if at + 5 > len(prefix):
            return b""
        (length,) = struct.unpack_from(">I", prefix, at)
        kind = prefix[at + 4] & 0x1F
        if kind == _NAL_SPS:
            return prefix[at + 4 : at + 4 + length]
        if kind in _NAL_SLICES or length == 0:
            return b""
        at += 4 + length
    return b""
