"""Films as strangers make them: one of every kind that was found to fool a reader, with what is to be said of it.

``python -m tests.films --foreign`` makes them all: by the options of ``ffmpeg`` where that is on the machine, else from
bytes. ``ffprobe``, where it is there, is a second witness of how many pictures there are and when the last one is.
"""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.film import FilmFacts
from rdpgui.media.inspect import inspect_film
from rdpgui.media.remote_file import MemoryReader
from tests.helpers import corpus, odd_films

FFMPEG, FFPROBE = shutil.which("ffmpeg"), shutil.which("ffprobe")
LIMIT_S = 120.0
_SAME_S = 0.002
_FRAGMENTED = odd_films.FRAGMENTED
_KEYS = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", odd_films.KEY, "-encryption_kid", odd_films.KEY_ID]
_PATTERN = "testsrc=size=160x96:rate=10:duration=3"
_CHANGING = "color=c=0x305090:size=320x180:rate=10:duration=12,drawbox=x=20:y=20:w=60:h=40:t=fill:enable='gte(t,5)'"

Maker = Callable[[Path], bytes]


@dataclass(frozen=True, slots=True)
class Foreign:
    """One kind of film.

    Attributes:
        case: its number in the list of faults. name: in a few words.
        make: writes it into a folder and returns its bytes.
        right: says whether facts are right. refused: words of the reason where it is no film that can be decoded.
        alike: another decoder sees the same pictures.
    """

    case: str
    name: str
    make: Maker
    right: Callable[[FilmFacts], bool] | None = None
    refused: str = ""
    alike: bool = True


def _base(folder: Path, movflags: str = "", **shape: object) -> bytes:
    """60 pictures, ten a second, a key every second, unless something else is said."""
    made = corpus.Shape(**{"name": "base", "frames": 60, **shape})  # type: ignore[arg-type]  # one place for all shapes
    return corpus.write(corpus.encode(made), folder / "base.mp4", movflags).read_bytes()


def _parts(folder: Path) -> tuple[bytes, list[bytes]]:
    return odd_films.fragments(_base(folder, _FRAGMENTED))


def _secret(folder: Path, movflags: str = "+faststart") -> bytes:
    film = corpus.encode(corpus.Shape("base", frames=60))
    return odd_films.write_encrypted(film, folder / "secret.mp4", movflags).read_bytes()


def _secret_fragments(folder: Path) -> bytes:
    """The muxer leaves out of them what a decryption needs: only that nothing decodes tells them from clear ones."""
    return _secret(folder, _FRAGMENTED)


def _clear_lead(folder: Path) -> bytes:
    return odd_films.with_clear_lead(_secret(folder), _base(folder, _FRAGMENTED), 3)


def _marked(folder: Path) -> bytes:
    return odd_films.marked_as_encrypted(_base(folder, "+faststart"))


def _one_key_all_marked(folder: Path) -> bytes:
    return odd_films.all_marked_as_keys(_base(folder, frames=300, gop=0))


def _lost_fragment(folder: Path) -> bytes:
    head, parts = _parts(folder)
    return head + b"".join(parts[:2] + parts[3:])


def _moved(folder: Path, at: int, seconds: int) -> bytes:
    head, parts = _parts(folder)
    begin, _ = odd_films.place_of(head, b"moov", b"trak", b"mdia", b"mdhd")
    (scale,) = struct.unpack_from(">I", head, begin + 20)
    return head + b"".join([*parts[:at], *(odd_films.with_time_gap(part, seconds * scale) for part in parts[at:])])


def _hour_gap(folder: Path) -> bytes:
    return _moved(folder, 3, 3600)


def _times_back(folder: Path) -> bytes:
    return _moved(folder, 4, -4)


def _reversed(folder: Path) -> bytes:
    head, parts = _parts(folder)
    return head + b"".join(reversed(parts))


def _doubled(folder: Path) -> bytes:
    head, parts = _parts(folder)
    return head + b"".join([*parts[:3], parts[2], *parts[3:]])


def _appended(folder: Path) -> bytes:
    film = _base(folder, _FRAGMENTED)
    return film + film


def _two_plain(folder: Path) -> bytes:
    film = _base(folder, "+faststart")
    return film + film


def _other_size(folder: Path) -> bytes:
    return _base(folder, _FRAGMENTED) + _base(folder, _FRAGMENTED, width=160, height=96)


def _noise(folder: Path) -> bytes:
    return odd_films.with_noise(_base(folder, "+faststart", gop=30), bytes_at=0.9, count=4096, seed=1)


def _late_first(folder: Path) -> bytes:
    head, parts = odd_films.fragments(_base(folder, _FRAGMENTED, b_frames=2))
    return head + odd_films.with_first_shown_late(parts[0], 1 << 22) + b"".join(parts[1:])


def _small_track_first(folder: Path) -> bytes:
    small = corpus.encode(corpus.Shape("small", width=64, height=48, frames=60))
    return odd_films.write_tracks(
        [small, corpus.encode(corpus.Shape("base", frames=60))], folder / "two.mp4"
    ).read_bytes()


def _turned(folder: Path) -> bytes:
    return odd_films.with_turn(_base(folder), 0, 1, -1, 0)


def _wide_pixels(folder: Path) -> bytes:
    return odd_films.with_pixels(_base(folder), 4, 3)


def _no_timescale(folder: Path) -> bytes:
    return odd_films.without_timescale(_base(folder))


def _by_ffmpeg(*arguments: str) -> Maker:
    def make(folder: Path) -> bytes:
        path = folder / "made.mp4"
        line = [
            str(FFMPEG),
            "-v",
            "error",
            "-y",
            *(argument.format(folder=folder) for argument in arguments),
            str(path),
        ]
        subprocess.run(line, check=True, capture_output=True, timeout=LIMIT_S)
        return path.read_bytes()

    return make


def _turned_by_muxer(folder: Path) -> bytes:
    """Its option for that is younger than its tag: one of the two is known to any version."""
    _by_ffmpeg("-f", "lavfi", "-i", _PATTERN, "-c:v", "libx264")(folder)
    (folder / "made.mp4").rename(folder / "film.mp4")
    try:
        return _by_ffmpeg("-display_rotation", "-90", "-i", "{folder}/film.mp4", "-c", "copy")(folder)
    except subprocess.CalledProcessError:
        return _by_ffmpeg("-i", "{folder}/film.mp4", "-c", "copy", "-metadata:s:v", "rotate=90")(folder)


def _with_cover(folder: Path) -> bytes:
    _by_ffmpeg("-f", "lavfi", "-i", _PATTERN, "-c:v", "libx264")(folder)
    (folder / "made.mp4").rename(folder / "film.mp4")
    still = [str(FFMPEG), "-v", "error", "-y", "-i", str(folder / "film.mp4"), "-frames:v", "1", str(folder / "c.png")]
    subprocess.run(still, check=True, capture_output=True, timeout=LIMIT_S)
    inputs = ("-i", "{folder}/film.mp4", "-i", "{folder}/c.png", "-map", "1", "-map", "0")
    return _by_ffmpeg(*inputs, "-c", "copy", "-disposition:v:0", "attached_pic")(folder)


FROM_BYTES: tuple[Foreign, ...] = (
    Foreign("F1", "encrypted from its begin", _secret, refused="is encrypted"),
    Foreign("F1", "encrypted in fragments", _secret_fragments, refused="is encrypted"),
    Foreign("F1", "encrypted behind a clear lead", _clear_lead,
            lambda f: (f.encrypted, f.encrypted_from_s, f.frame_count) == ("cenc", 3.0, 30), alike=False),
    Foreign("F1", "marked as encrypted, plays in clear", _marked,
            lambda f: (f.encrypted, f.encrypted_from_s, f.frame_count) == ("cenc", None, 60), alike=False),
    Foreign("F2", "one key, all samples marked as keys", _one_key_all_marked,
            lambda f: (f.frame_count, round(f.last_frame_pts_s, 3), f.damaged) == (300, 29.9, False)),
    Foreign("F9", "a small track first", _small_track_first,
            lambda f: (f.width, len(f.tracks), f.frame_count) == (96, 2, 60), alike=False),
    Foreign("F10", "a lost fragment", _lost_fragment, lambda f: len(f.holes) == 1 and not f.joins, alike=False),
    Foreign("F10", "an hour is missing", _hour_gap, lambda f: len(f.holes) == 1, alike=False),
    Foreign("F10", "times that go back", _times_back, lambda f: len(f.joins) == 1, alike=False),
    Foreign("F10", "fragments from the last to the first", _reversed,
            lambda f: (f.frame_count, f.duration_s, len(f.joins), f.holes) == (60, 6.0, 5, ()), alike=False),
    Foreign("F10", "a fragment that is there twice", _doubled,
            lambda f: (f.frame_count, f.duration_s, len(f.joins), f.holes) == (60, 6.0, 1, ())),
    Foreign("F10", "two fragmented films in one file", _appended, lambda f: bool(f.joins), alike=False),
    Foreign("F10", "two plain films in one file", _two_plain, lambda f: bool(f.joins)),
    Foreign("F10", "another size behind", _other_size, lambda f: bool(f.joins), alike=False),
    Foreign("F11", "random bytes near the end", _noise, lambda f: f.damaged and bool(f.spoiled), alike=False),
    Foreign("F11", "a first picture of a wrong time", _late_first, lambda f: f.damaged and f.duration_s > 0,
            alike=False),
    Foreign("F12", "turned pictures", _turned, lambda f: f.shape.turned_deg == 90),
    Foreign("F12", "wide pixels", _wide_pixels, lambda f: (f.shape.pixel_width, f.shape.pixel_height) == (4, 3)),
    Foreign("F12", "no unit of time", _no_timescale, lambda f: (f.duration_s, f.frame_count) == (6.0, 60), alike=False),
)  # fmt: skip
"""Each as quick as a small film."""


def _secret_by_ffmpeg(codec: str, movflags: str) -> Maker:
    flags = ("-movflags", movflags) if movflags else ()
    return _by_ffmpeg("-f", "lavfi", "-i", _PATTERN, "-c:v", codec, *flags, *_KEYS)


BY_FFMPEG: tuple[Foreign, ...] = (
    *(Foreign("F1", f"encrypted {codec} {'in fragments' if flags else ''}".strip(), _secret_by_ffmpeg(codec, flags),
              refused="is encrypted")
      for codec in ("libx264", "libx265", "libaom-av1") for flags in ("", _FRAGMENTED)),
    Foreign("F2", "one key in three minutes", _by_ffmpeg(
        "-f", "lavfi", "-i", "testsrc=size=160x96:rate=10:duration=180", "-c:v", "libx264", "-g", "9999",
        "-sc_threshold", "0"), lambda f: (f.frame_count, f.truncated) == (1800, False)),
    Foreign("F5", "a change that costs few bytes", _by_ffmpeg(
        "-f", "lavfi", "-i", _CHANGING, "-c:v", "libx264", "-tune", "zerolatency", "-g", "9999"),
        lambda f: [(s.begin_s, s.end_s) for s in f.frozen] == [(0.0, 5.0), (5.0, 12.0)]),
    Foreign("F6", "a picture every ten seconds", _by_ffmpeg(
        "-f", "lavfi", "-i", "testsrc=size=160x96:rate=1/10:duration=60", "-c:v", "libx264"),
        lambda f: (round(f.duration_s), round(f.last_frame_pts_s), f.frame_count) == (60, 50, 6)),
    Foreign("F9", "a cover picture first", _with_cover,
            lambda f: (f.codec, f.frame_count) == ("h264", 30), alike=False),
    Foreign("F12", "turned by the muxer", _turned_by_muxer, lambda f: f.shape.turned_deg in (90, 270)),
    Foreign("F12", "wide pixels by the coder", _by_ffmpeg(
        "-f", "lavfi", "-i", _PATTERN, "-c:v", "libx264", "-vf", "setsar=4/3"),
        lambda f: (f.shape.pixel_width, f.shape.pixel_height) == (4, 3)),
    *(Foreign("F2", f"an open group of {codec}", _by_ffmpeg(
        "-f", "lavfi", "-i", _PATTERN, "-c:v", codec, "-g", "10", *more),
        lambda f: (f.frame_count, f.damaged, f.truncated, f.spoiled) == (30, False, False, ()))
      for codec, more in (("libx264", ("-x264-params", "open-gop=1:bframes=3")),
                          ("libx265", ("-x265-params", "open-gop=1:bframes=3:log-level=none")),
                          ("libaom-av1", ("-cpu-used", "8")), ("mpeg4", ("-bf", "2")), ("mjpeg", ()))),
)  # fmt: skip
"""Some take seconds to encode."""


def wrong_with(kind: Foreign, folder: Path) -> str:
    """Make a film and inspect it; return what is wrong with what is said of it, empty when nothing is."""
    folder.mkdir(parents=True, exist_ok=True)
    data = kind.make(folder)
    try:
        facts = inspect_film(MemoryReader(data), "film.mp4", every_picture=True, limit_s=LIMIT_S).facts
    except RecordingUnreadable as error:
        return "" if kind.refused and kind.refused in error.text() else f"refused: {error.text()}"
    if kind.refused:
        return "not refused"
    if kind.right is not None and not kind.right(facts):
        return f"said: {facts}"
    return _witness(data, facts, folder) if kind.alike and FFPROBE is not None else ""


def _witness(data: bytes, facts: FilmFacts, folder: Path) -> str:
    """Return in what another decoder differs."""
    path = folder / "witness.mp4"
    path.write_bytes(data)
    line = [str(FFPROBE), "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of", "json"]
    done = subprocess.run([*line, str(path)], check=True, capture_output=True, timeout=LIMIT_S)
    times = [float(frame["pts_time"]) for frame in json.loads(done.stdout)["frames"] if "pts_time" in frame]
    if facts.frame_count != len(times):
        return f"ffprobe sees {len(times)} pictures, not {facts.frame_count}"
    last_s = max(times) - min(times)
    return "" if abs(last_s - facts.last_frame_pts_s) <= _SAME_S else f"ffprobe sees the last at {last_s}"


def kinds() -> Iterator[Foreign]:
    """Yield all that can be made here."""
    yield from FROM_BYTES
    if FFMPEG is not None:
        yield from BY_FFMPEG
