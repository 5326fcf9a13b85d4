"""A console picture is laid beside the frame that it shows, and nowhere where nothing shows it."""

from __future__ import annotations

import pytest

from rdpgui.core.screen_match import Candidate, MatchIs, matched

SECOND = [Candidate(float(at), at + 1.0, 30.0) for at in range(10)]


def _with(differences: dict[int, float]) -> list[Candidate]:
    return [Candidate(c.begin_s, c.end_s, differences.get(at, c.difference)) for at, c in enumerate(SECOND)]


def test_that_the_frame_that_is_alike_wins_over_a_nearer_one() -> None:
    found = matched(_with({3: 1.0}), 4.2, 4.4, 10.0)
    assert (found.found, found.at_s, found.begin_s, found.end_s) == (MatchIs.FOUND, 4.0, 3.0, 4.0)


def test_that_of_many_like_frames_the_nearest_is_taken_and_all_are_named() -> None:
    found = matched(_with({at: 1.0 + at / 100 for at in range(2, 8)}), 5.2, 5.4, 10.0)
    assert found.found is MatchIs.FOUND
    assert 5.2 <= found.at_s <= 5.4
    assert (found.begin_s, found.end_s) == (2.0, 8.0)


@pytest.mark.parametrize(
    ("low_s", "high_s", "expected"),
    [(4.0, 4.1, MatchIs.OTHER), (13.0, 13.1, MatchIs.AFTER), (-9.0, -8.9, MatchIs.BEFORE), (10.5, 10.6, MatchIs.AFTER)],
)
def test_that_where_nothing_is_alike_nothing_is_laid_beside(low_s: float, high_s: float, expected: MatchIs) -> None:
    assert matched(SECOND, low_s, high_s, 10.0).found is expected


@pytest.mark.parametrize(
    ("low_s", "found"), [(-1.6, MatchIs.BEFORE), (-0.6, MatchIs.FOUND), (10.6, MatchIs.FOUND), (11.4, MatchIs.AFTER)]
)
def test_that_a_picture_from_before_or_after_the_film_is_said_to_be_that_however_alike(
    low_s: float, found: MatchIs
) -> None:
    still = _with(dict.fromkeys(range(10), 1.0))
    assert matched(still, low_s, low_s + 0.1, 10.0).found is found


def test_that_what_was_not_read_is_not_said_to_be_another_screen() -> None:
    assert matched([], 4.0, 4.1, 10.0).found is MatchIs.UNREAD
