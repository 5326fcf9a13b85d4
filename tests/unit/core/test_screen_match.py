"""A console picture is laid beside the frame that it shows, and nowhere where nothing shows it."""

from __future__ import annotations

import pytest

from rdpgui.core.screen_match import Candidate, MatchIs, is_near, matched

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


@pytest.mark.parametrize(
    ("begin_s", "end_s", "near"),
    [
        (5.0, 6.0, True),
        (0.0, 60.0, True),  # a picture that stands for a minute
        (6.4, 7.0, True),  # shown up to two seconds after it was there
        (6.6, 7.0, False),
        (1.0, 2.1, True),  # and two before it was asked for
        (1.0, 1.9, False),
        (-9.0, -8.0, False),
    ],
)
def test_that_a_frame_is_asked_for_as_far_as_clocks_may_differ(begin_s: float, end_s: float, near: bool) -> None:
    assert is_near(begin_s, end_s, 4.0, 4.5) is near


@pytest.mark.parametrize(
    ("differences", "at_s", "begin_s", "end_s"),
    [
        ({2: 1.0, 6: 1.4}, 6.0, 6.0, 7.0),  # as good as the best, and nearer
        ({2: 1.0, 6: 1.6}, 3.0, 2.0, 3.0),  # the best is better by more than noise
        ({6: 1.0, 7: 1.2, 8: 9.0}, 6.0, 6.0, 8.0),
        ({0: 1.0, 1: 1.0}, 2.0, 0.0, 2.0),
        ({9: 1.0}, 9.0, 9.0, 10.0),
        ({4: 10.0}, 5.0, 4.0, 5.0),
    ],
)
def test_that_of_frames_that_are_as_good_the_nearest_is_taken_with_those_beside_it(
    differences: dict[int, float], at_s: float, begin_s: float, end_s: float
) -> None:
    found = matched(_with(differences), 5.3, 5.7, 10.0)
    assert found.found is MatchIs.FOUND
    assert (found.at_s, found.begin_s, found.end_s) == (at_s, begin_s, end_s)


def test_that_what_differs_more_is_another_screen() -> None:
    assert matched(_with({4: 10.1}), 4.3, 4.7, 10.0).found is MatchIs.OTHER
