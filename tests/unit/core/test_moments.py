"""A time that is read can be shown and reckoned with, whoever wrote it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rdpgui.core.moments import moment_of
from rdpgui.media.inspect import _fine_instant, _instant

NEVER = [
    "0001-01-01T00:00:00+10:00",
    "0001-01-01T00:00:00.000+00:00",
    "9999-12-31T23:59:59.999-10:00",
    "9999-12-31T23:59:59+00:00",
    "soon",
    "",
]


@pytest.mark.case("R13")
@pytest.mark.parametrize("text", NEVER)
def test_that_a_time_at_the_ends_of_the_calendar_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a time|Invalid"):
        moment_of(text)
    assert (_instant(text), _fine_instant(text)) == (None, None)


def test_that_a_time_has_a_zone_or_is_told_to_be_utc() -> None:
    noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert moment_of("2026-11-30T21:00:00+09:00") == moment_of("2026-11-30T12:00:00", unzoned=True) == noon
    with pytest.raises(ValueError, match="zone"):
        moment_of("2026-11-30T12:00:00")
