"""What a file is that is no mp4, in words, by its first bytes: a wrong name is no damage, and is not told as one."""

from __future__ import annotations

from rdpgui.core.texts import N_

HEAD_BYTES = 1024
"""How much to look at: packets of a transport stream are known by their distance."""
UNKNOWN = N_("data of an unknown kind")
ZEROS = "zeros"
_PICTURE, _SOUND = N_("a picture"), N_("a sound file")
_ARCHIVE, _PROGRAM = N_("a compressed archive"), N_("a program")
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", N_("a PNG picture")),
    (b"\xff\xd8\xff", N_("a JPEG picture")),
    (b"GIF8", N_("a GIF picture")),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"%PDF", N_("a PDF document")),
    (b"PK\x03\x04", N_("a ZIP archive")),
    (b"\x1f\x8b", N_("a gzip archive")),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"\xfd7zXZ\0", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\x1aE\xdf\xa3", N_("a Matroska film")),
    (b"FLV\x01", N_("a Flash film")),
    (b"0&\xb2u\x8ef\xcf\x11\xa6\xd9\0\xaa\0b\xcel", N_("a Windows Media film")),
    (b"nut/multimedia container\0", N_("a NUT film")),
    (b"DKIF\0\0", N_("an IVF film")),
    (b"\x06\x0e+4\x02\x05\x01\x01\r\x01\x02\x01\x01\x02", N_("an MXF film")),
    (b"\0\0\x01\xba", N_("an MPEG program stream")),
    (b"OggS", N_("an Ogg file")),
    (b"YUV4MPEG2 ", N_("raw pictures without a container")),
    (b"ID3", _SOUND),
    (b"fLaC", _SOUND),
    (b"\x7fELF", _PROGRAM),
    (b"MZ\x90\0", _PROGRAM),
    (b"#EXTM3U", N_("a playlist")),
    (b"ffconcat", N_("a playlist")),
    (b"\xff\xfe", N_("plain text")),
    (b"\xfe\xff", N_("plain text")),
)
_RIFF: tuple[tuple[bytes, str], ...] = ((b"AVI ", N_("an AVI film")), (b"WAVE", _SOUND), (b"WEBP", _PICTURE))
_BITMAP_INFO = b"\x28\0\0\0"
"""Size of the header that follows the one of nearly every bitmap."""
_SYNC = 0x47
_PACKET_BYTES = (188, 192, 204)
_MIN_PACKETS = 4
"""Packets of a transport stream; with times before or check bytes behind them. Source: ISO/IEC 13818-1 §2.4.3.2."""
_STARTS = (b"\0\0\0\x01", b"\0\0\x01")
_H264_FIRST, _H265_FIRST = (6, 7, 9), (32, 33, 35, 39)
"""Kinds of units with which raw pictures begin. Source: ITU-T H.264 §7.4.1.2.3, H.265 §7.4.2.4.4."""


def looks_like(head: bytes) -> str:
    """Say in words what the first ``HEAD_BYTES`` belong to; ``UNKNOWN`` or ``ZEROS`` when they do not say."""
    for magic, words in _MAGIC:
        if head.startswith(magic):
            return words
    if head.startswith(b"RIFF"):
        return next((words for kind, words in _RIFF if head[8:12] == kind), N_("a RIFF file"))
    if head.startswith(b"BM") and head[14:18] == _BITMAP_INFO:
        return _PICTURE
    return _raw_pictures(head) or _transport_stream(head) or _text(head)


def _raw_pictures(head: bytes) -> str:
    """Return the name of a coding whose units stand there without a container, empty when none does."""
    start = next((len(code) for code in _STARTS if head.startswith(code)), 0)
    if not start or start + 2 > len(head):
        return ""
    first, second = head[start], head[start + 1]
    if not first & 0x80 and first & 0x1F in _H264_FIRST and (first & 0x60 or first & 0x1F in (6, 9)):
        return N_("raw H.264 without a container")
    # The layer is 0 and the temporal one the first: eight of nine bits are known.
    if not first & 0x81 and first >> 1 in _H265_FIRST and second == 1:
        return N_("raw H.265 without a container")
    return ""


def _transport_stream(head: bytes) -> str:
    for length in _PACKET_BYTES:
        for begin in range(length):
            places = range(begin, len(head), length)
            if len(places) >= _MIN_PACKETS and all(head[at] == _SYNC for at in places):
                return N_("an MPEG transport stream")
    return ""


def _text(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return N_("an HTML page")
    if text.startswith(b"<"):
        return N_("an XML document, perhaps an error answer")
    if text.startswith((b"{", b"[")):
        return N_("JSON text")
    if not any(head):
        return ZEROS
    # A letter of several bytes may be cut at the end of what is looked at.
    if all(byte in b"\t\r\n" or 32 <= byte < 127 for byte in head[:64]):
        return N_("plain text")
    return UNKNOWN
