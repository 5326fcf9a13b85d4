"""Console pictures: their names tell when, places have their consent, and not all are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rdpgui.core.freshness import Look
from rdpgui.core.ids import AccountId, Region, RunId
from rdpgui.core.passing_events import ScreenRead
from rdpgui.core.place import Place
from rdpgui.core.reduce import reduce
from rdpgui.core.run import Phase
from rdpgui.core.run_events import PhaseEntered, RunEnded, SessionLeftActive
from rdpgui.core.screen import (
    ALL_OF_THE_LAST,
    MOST_BYTES,
    MOST_KEPT,
    ScreenPicture,
    may_look,
    picture_of,
    pictures_of,
    thinned,
    wants_pictures,
    with_consent,
)
from rdpgui.core.state import AppState
from tests.ui.snapshots import LAB, fold, run_events

AT = datetime(2026, 11, 29, 21, 17, 4, 312000, UTC)
PICTURE = ScreenPicture(AT, AT + timedelta(milliseconds=28))
AWS = Place(account_id=AccountId("123456789012"), region=Region("ap-northeast-1"))


def test_that_a_name_tells_when_a_picture_was_asked_for_and_answered() -> None:
    assert PICTURE.name == "20261129T211704.312000Z--20261129T211704.340000Z.jpg"
    assert picture_of(PICTURE.name) == PICTURE


@pytest.mark.parametrize("name", ["", "a.jpg", "20261399T211704.312000Z--20261129T211704.340000Z.jpg", "../x.jpg"])
def test_that_no_other_file_is_a_picture(name: str) -> None:
    assert picture_of(name) is None
    assert pictures_of([name, PICTURE.name]) == (PICTURE,)


def test_that_a_folder_is_read_in_the_order_of_time_whatever_its_order() -> None:
    later = ScreenPicture(AT + timedelta(hours=1), AT + timedelta(hours=1))
    assert pictures_of([later.name, PICTURE.name]) == (PICTURE, later)


def test_that_the_older_pictures_are_thinned_out_when_there_are_too_many() -> None:
    sizes = [(f"{n:04}", 90_000) for n in range(MOST_KEPT + 1)]
    gone = thinned(sizes)
    assert thinned(sizes[:-1]) == ()
    left = [name for name, _size in sizes if name not in gone]
    assert left[-ALL_OF_THE_LAST:] == [name for name, _size in sizes[-ALL_OF_THE_LAST:]]
    assert len(left) <= MOST_KEPT * 0.7
    assert left[0] == "0000"


def test_that_large_pictures_are_bounded_by_their_bytes() -> None:
    sizes: list[tuple[str, int]] = []
    for number in range(400):
        sizes.append((f"{number:04}", 4 << 20))
        gone = set(thinned(sizes))
        sizes = [item for item in sizes if item[0] not in gone]
    assert sum(size for _name, size in sizes) <= MOST_BYTES + (ALL_OF_THE_LAST + 1) * (4 << 20)


def test_that_the_lab_needs_no_consent_and_each_place_on_aws_its_own() -> None:
    assert may_look(LAB, "")
    assert not may_look(AWS, "")
    assert not may_look(None, AWS.key)
    given = with_consent(AWS, "", given=True)
    assert may_look(AWS, given)
    assert not may_look(replace(AWS, region=Region("us-east-1")), given)
    assert not may_look(AWS, with_consent(AWS, given, given=False))
    assert not may_look(Place(), with_consent(Place(), "", given=True)), "nobody is signed in"


def _state(count: int) -> AppState:
    return fold(AppState(), *run_events()[:count])


def test_that_a_screen_is_looked_at_from_connecting_until_the_session_is_over() -> None:
    events = run_events()
    wanted = []
    for count in range(1, len(events) + 1):
        run = _state(count).runs[RunId("r1")]
        if wants_pictures(run):
            wanted.append(events[count - 1])
    begin, end = wanted[0], wanted[-1]
    assert isinstance(begin, PhaseEntered) and begin.phase is Phase.CONNECTING
    assert isinstance(events[events.index(end) + 1], SessionLeftActive)


def test_that_a_failed_reading_keeps_the_picture_before_it_and_says_why() -> None:
    look = Look(AT, 1.0, 1.0)
    state = reduce(_state(9), ScreenRead(AT, RunId("r1"), PICTURE.name, look, 3))
    state = reduce(state, ScreenRead(AT, RunId("r1"), "", error="EC2 says no."))
    seen = state.screens[RunId("r1")]
    assert (seen.name, seen.look, seen.kept, seen.error) == (PICTURE.name, look, 3, "EC2 says no.")
    assert state.log is _state(9).log or len(state.log) == len(_state(9).log), "a picture is no line of the log"


def test_that_nothing_is_kept_of_a_run_that_is_over_or_unknown() -> None:
    state = reduce(_state(9), ScreenRead(AT, RunId("r1"), PICTURE.name))
    assert reduce(state, next(e for e in run_events() if isinstance(e, RunEnded))).screens == {}
    whole = _state(len(run_events()))
    assert reduce(whole, ScreenRead(AT, RunId("r1"), PICTURE.name)).screens == {}
    assert reduce(AppState(), ScreenRead(AT, RunId("r1"), PICTURE.name)).screens == {}
