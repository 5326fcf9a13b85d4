"""The last frame over more than 500 films, whole and broken, against a full decode."""

from __future__ import annotations

import collections
from pathlib import Path

import pytest

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.media.decoding import Deadline
from rdpgui.media.demuxer import open_film
from rdpgui.media.inspect import inspect_film
from rdpgui.media.last_frame import find_last_frame
from rdpgui.media.picture import still_of
from rdpgui.media.remote_file import LocalReader
from rdpgui.media.stills import StillReader
from tests.helpers import corpus
from tests.unit.media.numbers import number_of

WHOLE = ("faststart", "moov-last", "fragmented", "size-change")
LIMIT_S = 30.0


def test_that_the_corpus_has_more_than_500_films_of_every_kind(clips: tuple[corpus.Clip, ...]) -> None:
    kinds = collections.Counter(clip.kind for clip in clips)
    assert len(clips) >= 500
    assert {*WHOLE, "zeroed", "garbled", "not-a-film", "edit-hidden", "edit-late", "cut-faststart"} <= set(kinds)
    assert min(kinds.values()) >= 10


def test_that_the_last_frame_of_every_whole_film_is_its_last_painted_one(clips: tuple[corpus.Clip, ...]) -> None:
    wrong: list[tuple[str, tuple[object, ...]]] = []
    for clip in clips:
        if clip.frames is None:
            continue
        reader = LocalReader(clip.path)
        found = inspect_film(reader, clip.path.name, limit_s=LIMIT_S)
        reader.close()
        facts = found.facts
        seen = (number_of(found.last), found.last.index, facts.frame_count, facts.truncated, facts.size_changes)
        if seen != (clip.frames - 1, clip.frames - 1, clip.frames, False, clip.kind == "size-change"):
            wrong.append((clip.path.name, seen))
        if facts.fragmented != ("fragmented" in clip.path.name or "every-frame" in clip.path.name):
            wrong.append((clip.path.name, ("fragmented", facts.fragmented)))
    assert not wrong


def test_that_the_last_frame_is_that_of_a_full_decode_for_every_decodable_film(clips: tuple[corpus.Clip, ...]) -> None:
    wrong, decodable = [], 0
    for clip in clips:
        if clip.kind == "garbled":  # wrong times and sizes are not a truth to compare with
            continue
        truth = corpus.full_decode(clip.path) if clip.kind != "not-a-film" else None
        decodable += truth is not None
        problem = _compare(clip, truth)
        if problem:
            wrong.append((clip.path.name, problem))
    assert decodable > 300
    assert not wrong


def test_that_garbled_films_give_a_picture_or_a_named_reason(clips: tuple[corpus.Clip, ...]) -> None:
    for clip in clips:
        if clip.kind != "garbled":
            continue
        reader = LocalReader(clip.path)
        try:
            still = inspect_film(reader, clip.path.name, limit_s=LIMIT_S).last
            assert len(still.rgb) == still.width * still.height * 3
        except RecordingUnreadable as error:
            assert clip.path.name in error.text()
            assert error.remedy
        finally:
            reader.close()


def test_that_stills_of_broken_films_are_pictures_or_named_reasons(clips: tuple[corpus.Clip, ...]) -> None:
    for clip in clips[:: len(clips) // 150]:
        try:
            with StillReader(clip.path, limit_s=LIMIT_S) as stills:
                for index in {0, stills.frame_count // 2, stills.frame_count - 1}:
                    still = stills.nearest(stills.at_index(index).pts_s)
                    assert len(still.rgb) == still.width * still.height * 3
        except RecordingUnreadable as error:
            assert clip.path.name in error.text()


@pytest.mark.parametrize("kind", ["faststart", "moov-last", "fragmented", "size-change"])
def test_that_any_frame_is_reached_by_number_time_and_step(clips: tuple[corpus.Clip, ...], kind: str) -> None:
    for clip in [clip for clip in clips if clip.kind == kind][::3]:
        assert clip.frames is not None
        with StillReader(clip.path) as stills:
            assert stills.frame_count == clip.frames
            for index in sorted({0, 1, clip.frames // 3, clip.frames // 2, clip.frames - 2, clip.frames - 1}):
                if not 0 <= index < clip.frames:
                    continue
                still = stills.at_index(index)
                assert (number_of(still), still.index) == (index, index), clip.path.name
                assert stills.at_pts(still.pts_s + 0.001) == still
                assert stills.nearest(still.pts_s) == still
                after, before = stills.next(still), stills.previous(still)
                assert (number_of(after) if after else None) == (index + 1 if index + 1 < clip.frames else None)
                assert (number_of(before) if before else None) == (index - 1 if index else None)


def _compare(clip: corpus.Clip, truth: corpus.Truth | None) -> str:
    """Return what is wrong, empty when nothing is."""
    reader = LocalReader(clip.path)
    try:
        with open_film(reader, clip.path.name) as film:
            last = find_last_frame(film, Deadline(clip.path.name, LIMIT_S, film.file.reader))
            still = still_of(film, last.frame, last.index)
            tail_begin = film.samples.at(last.key_sample).pos
    except RecordingUnreadable as error:
        return "" if truth is None and error.remedy else f"not read: {error.text()}"
    finally:
        reader.close()
    # A decoder that met damage earlier, or refused a film for its last headers, is no better witness than the
    # undamaged film itself.
    exact = clip.original is not None and corpus.frame_at(clip.original, still.pts_s) == still.rgb
    if truth is None:
        return "" if exact else "read, but a full decode has no frame"
    if abs(still.pts_s - truth.last_pts_s) > 1e-6:
        # What refers to a damaged frame looks clean to a decoder: the end is the last frame before the damage.
        later = still.pts_s > truth.last_pts_s
        altered = clip.original is not None and not _same_bytes(clip.path, clip.original, tail_begin)
        return (
            ""
            if (exact and later) or (last.damaged and (exact or altered))
            else f"ends at {still.pts_s}, should end at {truth.last_pts_s}"
        )
    if exact or last.damaged or still.rgb == truth.rgb:
        return ""
    # Zeros that happen to decode without an error look different from one run to the next.
    altered = clip.original is not None and not _same_bytes(clip.path, clip.original, tail_begin)
    return "" if altered else "another picture"


def _same_bytes(path: Path, original: Path, begin: int) -> bool:
    return path.read_bytes()[begin:] == original.read_bytes()[begin:]
