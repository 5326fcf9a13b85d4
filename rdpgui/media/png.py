"""Write pictures as PNG with text chunks: the time stands in the metadata, never in the pixels.

Source: PNG specification (W3C, third edition) §5 (chunks), §11.3.3 (tEXt, iTXt).
"""

from __future__ import annotations

import errno
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePath

import numpy as np

from rdpgui.core.errors import StorageError, StorageFull
from rdpgui.core.film import Still
from rdpgui.core.texts import N_
from rdpgui.files import write_whole

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_WORDS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf"})
_LEVEL = 3
_FILTER_UP = 2


def encode_png(still: Still, text: Mapping[str, str] | None = None) -> bytes:
    """Return a PNG of a still.

    Args:
        still: width x height x 3 bytes.
        text: keyword (1-79 Latin-1 characters) to text, for example "Film time".
    """
    rows = np.frombuffer(still.rgb, dtype=np.uint8).reshape(still.height, still.width * 3)
    filtered = np.empty((still.height, still.width * 3 + 1), dtype=np.uint8)
    filtered[:, 0] = _FILTER_UP  # differences to the row above: desktops compress well and fast
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    header = struct.pack(">IIBBBBB", still.width, still.height, 8, 2, 0, 0, 0)
    chunks = [_chunk(b"IHDR", header)]
    if still.shape.pixel_width != still.shape.pixel_height:
        # Pixels per unit, and the unit is not said. Source: §11.3.4.3 (pHYs).
        chunks.append(_chunk(b"pHYs", struct.pack(">IIB", still.shape.pixel_height, still.shape.pixel_width, 0)))
    chunks += [_text_chunk(keyword, value) for keyword, value in (text or {}).items()]
    chunks += [_chunk(b"IDAT", zlib.compress(filtered.tobytes(), _LEVEL)), _chunk(b"IEND", b"")]
    return _SIGNATURE + b"".join(chunks)


def without_words(data: bytes) -> bytes:
    """Return a picture without the texts in its metadata; of any other kind than PNG as it is.

    The shape of its pixels stays: it is told by pHYs, and by no name of anybody.
    """
    if not data.startswith(_SIGNATURE):
        return data
    kept, place = [_SIGNATURE], len(_SIGNATURE)
    while place + 12 <= len(data):
        end = place + 12 + int(struct.unpack_from(">I", data, place)[0])
        if data[place + 4 : place + 8] not in _WORDS:
            kept.append(data[place:end])
        place = end
    return b"".join(kept)


def check_png_target(path: PurePath, source: PurePath | None = None) -> None:
    """Refuse a target whose replacing would destroy something else than a picture.

    Args:
        path: where a PNG is to be written.
        source: the file that is read for it, None when it is no local file.

    Raises:
        StorageError: it is the source, under whatever name; or it exists and is no PNG, or no regular file.
    """
    target = Path(path)
    try:
        if source is not None and target.exists() and target.samefile(source):
            raise _not_replaced(path, N_("it is the film itself"))
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise _not_replaced(path, N_("it is no regular file"))
        if target.exists():
            with target.open("rb") as file:
                if file.read(len(_SIGNATURE)) != _SIGNATURE:
                    raise _not_replaced(path, N_("it exists and is no PNG picture"))
    except OSError as error:
        raise _unwritable(path, error) from error


def _not_replaced(path: PurePath, detail: str) -> StorageError:
    return StorageError(
        N_("{path} is not replaced: {detail}."),
        N_("Choose another name for the picture."),
        path=str(path),
        detail=detail,
    )


def _unwritable(path: PurePath, error: OSError) -> StorageError:
    return StorageError(
        N_("{path} cannot be written: {detail}."),
        N_("Choose another folder."),
        path=str(path),
        detail=error.strerror or "",
    )


def write_png(path: PurePath, still: Still, text: Mapping[str, str] | None = None) -> None:
    """Write a still as PNG, whole or not at all, mode 0600.

    Args:
        path: target; replaced when it is a PNG.
        still: the picture.
        text: see ``encode_png``.

    Raises:
        StorageFull: no space left. StorageError: the folder cannot be written, or see ``check_png_target``.
    """
    check_png_target(path)
    target = Path(path)
    try:
        write_whole(target, encode_png(still, text))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFull(
                N_("The disk is full: {path} was not written."), N_("Free some space."), path=str(path)
            ) from error
        raise _unwritable(path, error) from error


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _text_chunk(keyword: str, value: str) -> bytes:
    name = keyword.encode("latin-1")
    try:
        return _chunk(b"tEXt", name + b"\0" + value.encode("latin-1"))
    except UnicodeEncodeError:
        return _chunk(b"iTXt", name + b"\0\0\0\0\0" + value.encode("utf-8", "backslashreplace"))
