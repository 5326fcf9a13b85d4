"""Events as JSON and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from rdpgui.core.account_events import EmergencyStopped
from rdpgui.core.codec import dumps, event_to_json, event_types, loads, to_json
from rdpgui.core.errors import EventUnreadable
from rdpgui.core.events import Event, RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.passing_events import Progressed
from rdpgui.core.run import Phase
from rdpgui.core.run_events import PhaseEntered
from tests.unit.core.strategies import EVENTS, events_of

AT = datetime(2026, 1, 5, 9, 0, 0, 123_456, tzinfo=UTC)


@given(EVENTS)
@settings(max_examples=400, deadline=None)
def test_that_every_event_comes_back_equal(event: Event) -> None:
    assert loads(dumps(event)) == event


@pytest.mark.parametrize("name", sorted(event_types()))
def test_that_every_kind_of_event_has_a_json_form(name: str) -> None:
    @given(events_of(name))
    @settings(max_examples=5, deadline=None)
    def check(event: Event) -> None:
        assert event_to_json(event)["event"] == name
        assert loads(dumps(event)) == event

    check()


def test_that_json_is_one_line_of_ascii() -> None:
    text = dumps(PhaseEntered(AT, RunId("実行\u2028\n"), Phase.STEADY))
    assert text.isascii()
    assert len(text.splitlines()) == 1


def test_that_times_keep_microseconds_and_utc() -> None:
    assert json.loads(dumps(EmergencyStopped(AT)))["at"] == "2026-01-05T09:00:00.123456+00:00"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"event": "Nothing"}', "'Nothing' is not an event"),
        ("[]", "not an object"),
        ("{", "not JSON"),
        ('{"event": "EmergencyStopped"}', "EmergencyStopped.at cannot be read: it is missing"),
        ('{"event": "EmergencyStopped", "at": "2026-01-05T09:00:00"}', "no time zone"),
        ('{"event": "EmergencyStopped", "at": "soon"}', "'soon' is not a time"),
        ('{"event": "EmergencyStopped", "at": "0001-01-01T00:00:00+10:00"}', "is not a time"),
        ('{"event": "EmergencyStopped", "at": "9999-12-31T23:59:59Z"}', "is not a time"),
        ('{"event": "EmergencyStopped", "at": 5}', "EmergencyStopped.at"),
        ('{"event": "EmergencyStopped", "at": "2026-01-05T09:00:00Z", "why": 1}', "EmergencyStopped.why"),
        (
            '{"event": "PhaseEntered", "at": "2026-01-05T09:00:00Z", "run_id": "r", "phase": "lunch"}',
            "PhaseEntered.phase cannot be read: 'lunch'",
        ),
        (
            '{"event": "PhaseEntered", "at": "2026-01-05T09:00:00Z", "run_id": 7, "phase": "done"}',
            "PhaseEntered.run_id cannot be read: 7 is not of type str",
        ),
        (
            '{"event": "Progressed", "at": "2026-01-05T09:00:00Z", "run_id": "", "work": "", "done": true, "total": 1}',
            "Progressed.done",
        ),
    ],
)
def test_that_a_wrong_text_names_the_place(text: str, said: str) -> None:
    with pytest.raises(EventUnreadable) as caught:
        loads(text)
    assert said in caught.value.text()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), datetime(2026, 1, 1), object(), b"bytes"])  # noqa: DTZ001
def test_that_what_has_no_json_form_is_refused(value: object) -> None:
    with pytest.raises(EventUnreadable):
        to_json(value)


def test_that_progress_is_a_run_event_like_any_other() -> None:
    assert isinstance(loads(dumps(Progressed(AT, RunId("r"), "download", 1, 2))), RunEvent)
