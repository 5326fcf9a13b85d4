"""Films that are not what they seem: the facts say so, with the place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import pytest

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.film import BreakWhy, FilmFacts
from rdpgui.media import film as film_module
from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.demuxer import open_film
from rdpgui.media.facts_json import decodable_to_json
from rdpgui.media.inspect import inspect_film, last_still
from rdpgui.media.last_frame import find_last_frame
from rdpgui.media.remote_file import LocalReader, MemoryReader
from rdpgui.media.stills import StillReader
from tests.helpers import corpus, odd_films
from tests.unit.media.numbers import number_of

FRAGMENTED = odd_films.FRAGMENTED


def facts_of(data: bytes) -> FilmFacts:
    return inspect_film(MemoryReader(data), "film.mp4").facts


@pytest.fixture(scope="module")
def base() -> corpus.Encoded:
    """60 frames, 10 a second, a key frame every second."""
    return corpus.encode(corpus.Shape("base", frames=60))


@pytest.fixture(scope="module")
def plain(base: corpus.Encoded, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return corpus.write(base, tmp_path_factory.mktemp("odd") / "plain.mp4", "+faststart").read_bytes()


@pytest.fixture(scope="module")
def fragmented(base: corpus.Encoded, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return corpus.write(base, tmp_path_factory.mktemp("odd") / "fragmented.mp4", FRAGMENTED).read_bytes()


# -- encryption (F1) -----------------------------------------------------------------------------------------------


@pytest.mark.case("F1")
@pytest.mark.parametrize("movflags", ["+faststart", ""])
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_that_an_encrypted_film_is_named_as_such(tmp_path: Path, movflags: str, codec: str) -> None:
    if codec == "libx265":
        pytest.importorskip("av")
        if codec not in av.codecs_available:
            pytest.skip("PyAV without x265")
    shape = corpus.Shape("secret", codec=codec)
    film = odd_films.write_encrypted(corpus.encode(shape), tmp_path / "secret.mp4", movflags)
    with pytest.raises(RecordingUnreadable, match=f"is encrypted.*cenc.*{odd_films.KEY_ID}") as caught:
        facts_of(film.read_bytes())
    assert "ownload" not in caught.value.text()
    with pytest.raises(RecordingUnreadable, match="is encrypted"):
        last_still(MemoryReader(film.read_bytes()), "film.mp4")
    with pytest.raises(RecordingUnreadable, match="is encrypted"):
        StillReader(film)


@pytest.mark.case("F1")
def test_that_a_film_only_marked_as_encrypted_is_played(plain: bytes) -> None:
    data = odd_films.marked_as_encrypted(plain)
    facts = facts_of(data)
    assert (facts.encrypted, facts.encrypted_from_s, facts.frame_count) == ("cenc", None, 60)


@pytest.mark.case("F1")
def test_that_a_clear_lead_is_shown_to_its_end(base: corpus.Encoded, fragmented: bytes, tmp_path: Path) -> None:
    """Fragments 0-2 use a clear description, the others an encrypted one."""
    secret = odd_films.write_encrypted(base, tmp_path / "secret.mp4", "+faststart").read_bytes()
    data = odd_films.with_clear_lead(secret, fragmented, 3)
    facts = facts_of(data)
    assert (facts.encrypted, facts.frame_count) == ("cenc", 30)
    assert facts.encrypted_from_s == pytest.approx(3.0)
    assert facts.last_frame_pts_s == pytest.approx(2.9)
    assert not facts.damaged
    still, _ = last_still(MemoryReader(data), "film.mp4")
    assert number_of(still) == 29


@pytest.mark.case("F1")
@pytest.mark.parametrize("movflags", ["+faststart", FRAGMENTED])
def test_that_what_only_lacks_its_key_is_encrypted_and_not_only_marked(
    base: corpus.Encoded, tmp_path: Path, movflags: str
) -> None:
    """With a constant begin (cbcs) nothing stands beside the pictures: noise of HEVC decodes without a word."""
    whole = corpus.write(base, tmp_path / "film.mp4", movflags).read_bytes()
    for data in (odd_films.marked_as_encrypted(whole, b"cbcs", constant=True), _by_pattern(base, tmp_path)):
        for look in (inspect_film, last_still):
            with pytest.raises(RecordingUnreadable, match=f"is encrypted.*cbcs.*{odd_films.KEY_ID}"):
                look(MemoryReader(data), "film.mp4")


def _by_pattern(base: corpus.Encoded, folder: Path) -> bytes:
    path = corpus.write(base, folder / "pattern.mp4", "")
    with av.open(str(path)) as film:
        places = [(entry.pos, entry.size) for entry in film.streams.video[0].index_entries]
    return odd_films.encrypted_by_pattern(path.read_bytes(), places, clear_bytes=8)


# -- clocks that were never set (F12) -------------------------------------------------------------------------------


@pytest.mark.case("F12")
@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize(
    ("seconds", "year"),
    [
        (0, None),
        (1, None),
        (2_082_844_799, None),
        (2_082_844_800, None),
        (3_900_000_000, 2027),
        (2**32 - 1, None),
        (6_200_000_000, 2100),
        (255_000_000_000, None),
        (2**63 - 1, None),
        (2**64 - 1, None),
        (2**64 - 86_400, None),
    ],
)
def test_that_a_clock_that_says_nothing_is_no_time(
    base: corpus.Encoded, tmp_path: Path, seconds: int, year: int | None, long: bool
) -> None:
    """What lies before 1970 in 32 bits is taken for a time since then; nobody writes such dates on purpose."""
    if not long and (seconds >= 2**32 or seconds == 2_082_844_799):
        return
    data = odd_films.with_clock(corpus.write(base, tmp_path / "film.mp4", "").read_bytes(), seconds, long=long)
    facts = facts_of(data)
    assert (None if facts.created_at is None else facts.created_at.year) == year
    assert (facts.frame_count, facts.duration_s, facts.truncated, facts.damaged) == (60, 6.0, False, False)
    still, _ = last_still(MemoryReader(data), "film.mp4")
    assert (number_of(still), still.pts_s) == (59, 5.9)


# -- times without a unit (F12) -------------------------------------------------------------------------------------


@pytest.mark.case("F12")
@pytest.mark.parametrize("movflags", ["", "+faststart"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_that_a_track_without_a_timescale_lasts_as_long_as_it_says(
    tmp_path: Path, movflags: str, b_frames: int
) -> None:
    made = corpus.encode(corpus.Shape("unit", frames=30, b_frames=b_frames))
    plain = corpus.write(made, tmp_path / "film.mp4", movflags).read_bytes()
    wanted, found = facts_of(plain), facts_of(odd_films.without_timescale(plain))
    assert (found.duration_s, found.last_frame_pts_s, found.frame_count) == (3.0, wanted.last_frame_pts_s, 30)
    assert found.libvlc_differs
    still, _ = last_still(MemoryReader(odd_films.without_timescale(plain)), "film.mp4")
    assert (number_of(still), still.pts_s) == (29, wanted.last_frame_pts_s)


@pytest.mark.case("F12")
def test_that_a_film_whose_times_have_no_unit_at_all_is_named(fragmented: bytes) -> None:
    with pytest.raises(RecordingUnreadable, match="does not say how long its units of time are"):
        facts_of(odd_films.without_timescale(fragmented))


# -- false keys (F2) ------------------------------------------------------------------------------------------------


@pytest.mark.case("F2")
def test_that_false_key_frames_cost_no_more_than_one_decode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = 400
    encoded = corpus.encode(corpus.Shape("one", frames=frames, gop=0))
    data = odd_films.all_marked_as_keys(corpus.write(encoded, tmp_path / "one.mp4", "+faststart").read_bytes())
    decoded = _count_packets(monkeypatch)
    with open_film(MemoryReader(data), "film.mp4") as film:
        last = find_last_frame(film, Deadline("film.mp4", 60.0, film.file.reader))
    assert (last.index, last.key_sample, last.damaged) == (frames - 1, 0, 0)
    assert decoded[0] <= 2 * frames
    facts = facts_of(data)
    assert (facts.frame_count, facts.truncated) == (frames, False)
    still, _ = last_still(MemoryReader(data), "film.mp4")
    assert number_of(still) == (frames - 1) % 2**16


@pytest.mark.case("F2")
@pytest.mark.parametrize("shape", [*corpus.shapes()], ids=lambda shape: shape.name)
def test_that_true_keys_are_those_of_the_encoder(tmp_path: Path, shape: corpus.Shape) -> None:
    encoded = corpus.encode(shape)
    path = corpus.write(encoded, tmp_path / "x.mp4", "+faststart")
    with open_film(MemoryReader(path.read_bytes()), "x.mp4") as film:
        film.samples.__dict__["_marks_everything"] = True
        found = [number for number in range(len(film.samples)) if film.samples.starts_decoding(number)]
    assert found == [at for at, packet in enumerate(encoded.packets) if packet.key]


@pytest.mark.case("F2")
@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg4"])
@pytest.mark.parametrize("numbers", [[0, 29], [0, 17, 23], [*range(0, 30, 3)], [*range(30)]], ids=len)
def test_that_every_picture_is_found_among_false_keys(tmp_path: Path, codec: str, numbers: list[int]) -> None:
    """One true key, and marks where decoding may not begin: MPEG-4 shows wrong pictures there without a word."""
    encoded = corpus.encode(corpus.Shape("one", frames=30, gop=0, codec=codec))
    whole = corpus.write(encoded, tmp_path / "one.mp4", "").read_bytes()
    data = odd_films.marked_as_keys(whole, numbers)
    with StillReader(MemoryReader(whole), name="whole.mp4") as stills:
        truth = [stills.at_index(at) for at in (0, 1, 17, 24, 29)]
    with StillReader(MemoryReader(data), name="film.mp4") as stills:
        assert [stills.at_index(at) for at in (0, 1, 17, 24, 29)] == truth
        assert [stills.at_pts(still.pts_s) for still in truth] == truth
        assert stills.last().rgb == truth[-1].rgb
    inspection = inspect_film(MemoryReader(data), "film.mp4")
    assert (inspection.last.rgb, inspection.facts.truncated, inspection.facts.damaged) == (truth[-1].rgb, False, False)
    assert last_still(MemoryReader(data), "film.mp4")[0].rgb == truth[-1].rgb


# -- tracks (F9) ----------------------------------------------------------------------------------------------------


@pytest.mark.case("F9")
@pytest.mark.parametrize("first", ["cover", "preview", "one frame"])
def test_that_the_recording_is_chosen_among_several_tracks(base: corpus.Encoded, tmp_path: Path, first: str) -> None:
    other = {
        "cover": corpus.Shape("cover", width=640, height=480, frames=1, codec="mjpeg", pixels="yuvj420p"),
        "preview": corpus.Shape("preview", width=48, height=32, frames=60),
        "one frame": corpus.Shape("one", width=640, height=480, frames=1),
    }[first]
    path = odd_films.write_tracks([corpus.encode(other), base], tmp_path / "several.mp4")
    facts = facts_of(path.read_bytes())
    assert (facts.width, facts.height, facts.frame_count) == (96, 64, 60)
    assert [(track.kind, track.used) for track in facts.tracks] == [("video", False), ("video", True)]
    assert facts.libvlc_differs
    still, _ = last_still(MemoryReader(path.read_bytes()), "film.mp4")
    assert number_of(still) == 59


# -- holes and joins (F10) ------------------------------------------------------------------------------------------


@pytest.mark.case("F10")
def test_that_a_whole_film_has_neither_holes_nor_joins(clips: tuple[corpus.Clip, ...]) -> None:
    for clip in clips:
        if clip.frames is None or clip.kind == "size-change":
            continue
        facts = inspect_film(MemoryReader(clip.path.read_bytes()), clip.path.name).facts
        assert (facts.holes, facts.joins, facts.damaged) == ((), (), False), clip.path.name


@pytest.mark.case("F10")
def test_that_a_lost_fragment_is_a_hole_with_its_place(fragmented: bytes) -> None:
    head, parts = odd_films.fragments(fragmented)
    facts = facts_of(head + b"".join(parts[:2] + parts[3:]))
    (hole,) = facts.holes
    assert (round(hole.at_s, 3), round(hole.seconds, 3), hole.why) == (2.0, 1.0, BreakWhy.FRAGMENTS_MISSING)
    assert facts.joins == ()


@pytest.mark.case("F10")
def test_that_times_that_jump_are_a_hole_and_times_that_go_back_a_join(fragmented: bytes) -> None:
    head, parts = odd_films.fragments(fragmented)
    scale = facts_scale(fragmented)
    jump = head + b"".join([*parts[:3], *(odd_films.with_time_gap(part, 3600 * scale) for part in parts[3:])])
    (hole,) = facts_of(jump).holes
    assert (round(hole.at_s, 3), round(hole.seconds, 3), hole.why) == (3.0, 3600.0, BreakWhy.TIMES_JUMP)
    back = head + b"".join([*parts[:4], *(odd_films.with_time_gap(part, -4 * scale) for part in parts[4:])])
    (join,) = facts_of(back).joins
    assert (round(join.at_s, 3), join.why) == (4.0, BreakWhy.TIMES_GO_BACK)


@pytest.mark.case("F10")
@pytest.mark.parametrize("movflags", ["+dash+frag_keyframe+global_sidx", "+dash+frag_keyframe"])
def test_that_an_index_of_segments_hides_none(plain: bytes, tmp_path: Path, movflags: str) -> None:
    """FFmpeg lists the fragments behind an index that reaches the end of the file only when they are asked for."""
    source, film = tmp_path / "plain.mp4", tmp_path / "dash.mp4"
    source.write_bytes(plain)
    data = odd_films.copy_of(source, film, movflags).read_bytes()
    assert b"sidx" in data
    facts = facts_of(data)
    assert (facts.frame_count, facts.encrypted_from_s, facts.truncated) == (60, None, False)
    with StillReader(MemoryReader(data), name="dash.mp4") as stills:
        assert (stills.frame_count, number_of(stills.at_index(59)), number_of(stills.last())) == (60, 59, 59)
    cut = facts_of(data[: data.rfind(b"moof") + 200])
    assert (cut.frame_count, cut.truncated) == (50, True)


@pytest.mark.case("F10")
def test_that_two_films_in_one_file_are_a_join(plain: bytes, fragmented: bytes) -> None:
    _, parts = odd_films.fragments(fragmented)
    for data in (plain + plain, fragmented + fragmented, fragmented + b"".join(parts)):
        assert facts_of(data).joins, len(data)


@pytest.mark.case("F10")
@pytest.mark.parametrize("movflags", ["+faststart", FRAGMENTED])
def test_that_another_picture_size_inside_is_said(tmp_path: Path, movflags: str) -> None:
    first = corpus.encode(corpus.Shape("first", frames=10), in_band=True)
    larger = corpus.encode(corpus.Shape("larger", width=128, height=96, frames=10), first_number=10, in_band=True)
    later = tuple(replace(item, pts=item.pts + 10, dts=item.dts + 10) for item in larger.packets)
    for extra in ((), later):
        path = corpus.write(first, tmp_path / f"{len(extra)}.mp4", movflags, extra=extra)
        reader = LocalReader(path)
        found = decodable_to_json(inspect_film(reader, path.name).facts)
        reader.close()
        assert (found["size_changes"], found["width"], found["frame_count"]) == (bool(extra), 96, 10 + len(extra))


# -- damage (F11) ---------------------------------------------------------------------------------------------------


@pytest.mark.case("F11")
@pytest.mark.parametrize("seed", range(8))
def test_that_damage_is_a_fact_and_the_last_frame_is_before_it(tmp_path: Path, seed: int) -> None:
    encoded = corpus.encode(corpus.Shape("noise", width=160, height=96, frames=60, gop=30))
    original = corpus.write(encoded, tmp_path / "whole.mp4", "+faststart")
    data = odd_films.with_noise(original.read_bytes(), bytes_at=0.9, count=4096, seed=seed)
    inspection = inspect_film(MemoryReader(data), "film.mp4")
    assert inspection.facts.damaged
    assert corpus.frame_at(original, inspection.last.pts_s) == inspection.last.rgb
    still, _ = last_still(MemoryReader(data), "film.mp4")
    assert (still.rgb, still.pts_s) == (inspection.last.rgb, inspection.last.pts_s)


# -- helpers ----------------------------------------------------------------------------------------------------------


def facts_scale(data: bytes) -> int:
    """Return the ticks per second of the track."""
    begin, _ = odd_films.place_of(data, b"moov", b"trak", b"mdia", b"mdhd")
    return int.from_bytes(data[begin + 20 : begin + 24], "big")


def _count_packets(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    counted = [0]
    taken = film_module.Film._decode

    def decode(self: film_module.Film, packet: object, run: Run) -> object:
        counted[0] += 1
        return taken(self, packet, run)  # type: ignore[arg-type]

    monkeypatch.setattr(film_module.Film, "_decode", decode)
    return counted
