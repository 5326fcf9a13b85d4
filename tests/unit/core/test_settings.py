"""What a person, a command line or a file may set, and what becomes of a value that cannot be."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from math import inf, nan

import pytest

from rdpgui.core.errors import SettingsError
from rdpgui.core.settings import ARMED_S, AWS_TIMING, LAB_TIMING, ZOOM_PERCENT, Language, Settings, Theme, Timing

OTHERS: dict[str, object] = {
    "theme": Theme.DARK,
    "language": Language.JAPANESE,
    "endpoint": "aws",
    "region": "eu-west-1",
    "armed_s": 120.0,
    "restore_after_halt": False,
    "first_steps": False,
    "aliases": True,
    "zoom": 120,
    "environment_rules": "prod=red",
    "endpoint_url": "http://127.0.0.1:4566",
}


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_that_each_setting_is_set_alone(name: str) -> None:
    value = OTHERS.get(name, "another")
    changed = Settings().with_value(name, value)
    assert getattr(changed, name) == value
    assert changed.with_value(name, getattr(Settings(), name)) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nothing", "x"),
        ("with_value", "x"),
        ("__class__", "x"),
        ("profile", None),
        ("profile", 3),
        ("profile", ["work"]),
        ("aliases", 1),
        ("aliases", "yes"),
        ("zoom", True),
        ("zoom", 100.5),
        ("zoom", "100"),
        ("armed_s", True),
        ("armed_s", "300"),
        ("armed_s", nan),
        ("theme", "dark"),  # the word of a file is made a theme by who reads the file
        ("region", "moon-1"),
        ("endpoint", ""),
        ("endpoint", "Lab"),  # what is not the lab's word would open AWS
        ("endpoint", "https://example.org"),
        ("environment_rules", "prod"),
    ],
)
def test_that_what_cannot_be_set_is_refused_with_its_name(name: str, value: object) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings().with_value(name, value)
    assert raised.value.remedy
    assert name in raised.value.text() or str(value) in raised.value.text()


@pytest.mark.parametrize(
    ("asked", "kept_s"),
    [
        (300, 300.0),
        (30.0, 30.0),
        (29.9, 30.0),
        (0, 30.0),
        (-1e9, 30.0),
        (3600, 3600.0),
        (3601, 3600.0),
        (1e9, 3600.0),  # a file that arms for thirty years
        (10**400, 3600.0),
        (inf, 3600.0),
        (-inf, 30.0),
    ],
)
def test_that_arming_lasts_between_half_a_minute_and_an_hour_whatever_a_file_says(asked: float, kept_s: float) -> None:
    kept = Settings().with_value("armed_s", asked).armed_s
    assert kept == pytest.approx(kept_s)
    assert timedelta(seconds=kept) > timedelta(0)
    assert ARMED_S[0] <= Settings().armed_s <= ARMED_S[1]


@pytest.mark.parametrize(("asked", "kept"), [(79, 80), (80, 80), (100, 100), (160, 160), (161, 160), (-(10**30), 80)])
def test_that_nothing_is_made_larger_or_smaller_than_can_be_read(asked: int, kept: int) -> None:
    assert Settings().with_value("zoom", asked).zoom == kept
    assert ZOOM_PERCENT[0] <= kept <= ZOOM_PERCENT[1]


def test_that_another_endpoint_has_regions_of_its_own() -> None:
    elsewhere = Settings().with_value("endpoint_url", "http://127.0.0.1:4566")
    assert elsewhere.with_value("region", "moon-1").region == "moon-1"
    assert Settings().with_value("region", "").region == ""


@pytest.mark.parametrize("timing", [AWS_TIMING, LAB_TIMING])
def test_that_the_pace_of_a_place_is_one_that_a_run_can_keep(timing: Timing) -> None:
    usual_s = timing.recording_usual_s
    assert 0 < timing.poll_run_s < timing.poll_idle_s
    assert 0 < usual_s[0] < usual_s[1]
    assert timing.recording_limit_s == pytest.approx(usual_s[1] * timing.overdue_factor)
    assert timing.recording_limit_s > usual_s[1], "what is usual is not overdue"
    assert timing.steady_s > timing.poll_run_s, "a steady phase has a look in it"
    assert timing.os_delay_s == int(timing.os_delay_s) >= 1, "shutdown.exe takes whole seconds"
