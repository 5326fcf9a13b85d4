"""PNG files of stills."""

from __future__ import annotations

import io
import json
import os
import stat
from pathlib import Path

import av
import numpy as np
import pytest

from rdpgui.core.errors import StorageError
from rdpgui.core.film import Still
from rdpgui.media.png import check_png_target, encode_png, write_png
from rdpgui.media.worker import png_texts, send


def a_still() -> Still:
    rgb = np.random.default_rng(3).integers(0, 256, (37, 53, 3), dtype=np.uint8)
    return Still(12.5, 53, 37, rgb.tobytes(), 125)


def test_that_a_png_gives_back_exactly_its_pixels(tmp_path: Path) -> None:
    write_png(tmp_path / "x.png", a_still())
    with av.open(str(tmp_path / "x.png")) as file:
        frame = next(file.decode(video=0))
        assert np.ascontiguousarray(frame.to_ndarray(format="rgb24")).tobytes() == a_still().rgb


def test_that_a_png_is_private_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n of before")
    write_png(path, a_still())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [item.name for item in tmp_path.iterdir()] == ["x.png"]


def test_that_the_time_stands_in_the_metadata() -> None:
    data = encode_png(a_still(), png_texts("録画.mp4", a_still(), None))
    assert b"tEXtFilm time\x0012.500 s" in data
    assert b"tEXtFrame\x00126" in data
    assert b"iTXtSource\0\0\0\0\0" + "録画.mp4".encode() in data


@pytest.mark.case("R12")
def test_that_a_file_name_that_is_no_utf_8_stands_in_the_metadata_and_in_an_answer() -> None:
    name = os.fsdecode(b"film\xff.mp4")
    assert rb"film\udcff.mp4" in encode_png(a_still(), png_texts(name, a_still(), None))
    answer = io.BytesIO()
    send(answer, {"event": "failed", "reason": f"{name} is no film"})
    assert json.loads(answer.getvalue())["reason"] == f"{name} is no film"


def test_that_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        write_png(tmp_path / "none" / "x.png", a_still())


@pytest.mark.case("F3")
@pytest.mark.parametrize(
    "way", ["itself", "link", "hard link", "other file", "empty file", "folder", "pipe", "link to a png"]
)
def test_that_a_picture_replaces_nothing_but_a_picture(tmp_path: Path, way: str) -> None:
    film, target = tmp_path / "film.mp4", tmp_path / "picture.png"
    film.write_bytes(b"\0\0\0\x18ftypisom")
    match way:
        case "itself":
            target = film
        case "link":
            target.symlink_to(film)
        case "hard link":
            os.link(film, target)
        case "other file":
            target.write_bytes(b"a letter")
        case "empty file":
            target.touch()
        case "folder":
            target.mkdir()
        case "pipe":
            os.mkfifo(target)
        case "link to a png":
            write_png(tmp_path / "other.png", a_still())
            target.symlink_to(tmp_path / "other.png")
    before = film.read_bytes()
    with pytest.raises(StorageError, match="not replaced"):
        check_png_target(target, film)
    with pytest.raises(StorageError, match="not replaced"):
        write_png(target, a_still())
    assert film.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
