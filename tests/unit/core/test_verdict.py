"""Verdicts, words of AWS that nobody knows yet, and addresses of objects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from rdpgui.core.instance import InstanceState
from rdpgui.core.recording import is_s3, s3_object
from rdpgui.core.session import PORT_FORWARDING_DOCUMENT, AccessType, SessionStatus
from rdpgui.core.verdict import (
    OF_THE_FILM,
    Check,
    CheckId,
    CheckResult,
    Interval,
    Verdict,
    VerdictValue,
    contradicted,
    held,
    moment,
    not_made,
)
from tests.unit.core.samples import item, session

PROVEN, OWN, WHOLE = CheckId.DISRUPTION_PROVEN, CheckId.OWN_RECORDING, CheckId.INTEGRITY


def _verdict(*checks: Check) -> Verdict:
    return Verdict(VerdictValue.FAIL, checks)


@pytest.mark.parametrize(
    ("checks", "decisive", "cause", "about_the_film"),
    [
        ((), None, "", False),
        ((held(PROVEN, "a."), held(OWN, "b.")), None, "", False),
        ((not_made(PROVEN, "a.", "x"), held(OWN, "b.")), PROVEN, "x", False),
        ((held(PROVEN, "a."), not_made(OWN, "b.", "y"), not_made(WHOLE, "c.", "z")), OWN, "y", True),
        # What evidence contradicts decides over what could not be made, wherever it stands.
        ((not_made(PROVEN, "a.", "x"), contradicted(WHOLE, "c.", "z")), WHOLE, "z", True),
        ((contradicted(PROVEN, "a.", "x"), contradicted(WHOLE, "c.", "z")), PROVEN, "x", False),
    ],
)
def test_that_the_first_contradicted_check_decides_else_the_first_that_was_not_made(
    checks: tuple[Check, ...], decisive: CheckId | None, cause: str, about_the_film: bool
) -> None:
    verdict = _verdict(*checks)
    assert (verdict.decisive.check_id if verdict.decisive is not None else None) == decisive
    assert (verdict.cause, verdict.about_the_film) == (cause, about_the_film)


def test_that_reasons_are_of_what_did_not_hold_with_their_values_and_zone() -> None:
    late = contradicted(WHOLE, "At {at} ({zone}): {n}.", "z", (("at", "09:00"), ("n", "3")))
    assert _verdict(held(PROVEN, "fine."), late, not_made(OWN, "b.", "y")).reasons == ("At 09:00 (UTC): 3.", "b.")
    assert contradicted(WHOLE, "({zone})", "z", (("zone", "JST"),)).text() == "(JST)"


def test_that_a_check_that_held_has_no_cause() -> None:
    assert (held(OWN, "a.").result, held(OWN, "a.").cause) == (CheckResult.HELD, "")
    assert not_made(OWN, "a.", "x").result is CheckResult.NOT_MADE
    assert set(CheckId) - {CheckId.DISRUPTION_PROVEN, CheckId.ENDED_AFTER} == OF_THE_FILM


@pytest.mark.parametrize(("low_s", "high_s", "middle_s", "half_s"), [(0.0, 0.0, 0.0, 0.0), (-1.0, 3.0, 1.0, 2.0)])
def test_that_an_interval_has_a_middle_and_its_error(
    low_s: float, high_s: float, middle_s: float, half_s: float
) -> None:
    interval = Interval(low_s, high_s)
    assert (interval.middle_s, interval.half_width_s) == pytest.approx((middle_s, half_s))


def test_that_a_moment_is_kept_in_utc_whatever_zone_it_came_in() -> None:
    tokyo = datetime(2026, 1, 5, 18, 0, tzinfo=timezone(timedelta(hours=9)))
    assert moment(tokyo) == moment(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) == "2026-01-05T09:00:00+00:00"


# -- words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["Paused", "", "connected", "CONNECTED", " Connected", "UNKNOWN"])
def test_that_a_word_that_aws_adds_is_kept_as_it_is_and_taken_for_no_other(word: str) -> None:
    status = SessionStatus(word)
    assert status == word
    assert status.value == word
    assert not status.known
    assert all(status is not member and status != member for member in SessionStatus)
    assert f"{status}" == word


def test_that_known_words_are_their_members() -> None:
    assert SessionStatus("Connected") is SessionStatus.CONNECTED
    assert all(word.known for words in (SessionStatus, AccessType, InstanceState) for word in words)
    assert list(SessionStatus) == list(SessionStatus.__members__.values()), "an unknown word becomes no member"


@pytest.mark.parametrize("value", [None, 3, b"Connected"])
def test_that_what_is_no_word_is_none(value: Any) -> None:
    with pytest.raises(ValueError, match="SessionStatus"):
        SessionStatus(value)


@pytest.mark.parametrize(
    ("document", "fits"),
    [(PORT_FORWARDING_DOCUMENT, True), ("", False), (f"{PORT_FORWARDING_DOCUMENT}ToRemoteHost", False)],
)
def test_that_only_the_document_of_gui_connect_may_be_a_remote_desktop(document: str, fits: bool) -> None:
    assert session(document_name=document).may_be_remote_desktop is fits


# -- objects --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant", "found"),
    [
        ("s3://films/a/b.mp4", True, ("films", "a/b.mp4")),
        ("S3://films/A b%20c", True, ("films", "A b%20c")),  # a scheme has no case, and a key is taken as it is
        ("s3://films//a", True, ("films", "/a")),
        ("s3://films/", True, None),
        ("s3://films", True, None),
        ("s3:///a", True, None),
        ("s3:/films/a", True, None),
        ("s3:films", True, None),
        ("/home/ana/s3/film.mp4", False, None),
        ("s3", False, None),
        ("https://films.s3.amazonaws.com/a", False, None),
        ("", False, None),
    ],
)
def test_that_an_address_of_an_object_is_told_from_a_path(
    text: str, meant: bool, found: tuple[str, str] | None
) -> None:
    assert is_s3(text) is meant
    assert s3_object(text) == found


def test_that_an_object_is_the_same_as_long_as_its_bytes_are() -> None:
    one = item()
    assert item(modified_at=session().started_at, metadata=(("a", "b"),)).identity == one.identity
    for change in ({"etag": "f"}, {"version_id": "2"}, {"size_bytes": 1001}, {"key": "l.bin"}):
        assert item(**change).identity != one.identity
    assert item(metadata=(("a", "b"),)).tag("a") == "b"
    assert one.tag("a") == ""
