"""Settings, declared once: name, type, default, allowed values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from rdpgui.core.access import parsed_rules
from rdpgui.core.errors import SettingsError
from rdpgui.core.regions import checked_region


class Theme(StrEnum):
    """Colour scheme of the window."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Language(StrEnum):
    """Language of the program."""

    SYSTEM = "system"
    ENGLISH = "en"
    JAPANESE = "ja"


@dataclass(frozen=True, slots=True)
class Timing:
    """Pace of observation and waits, seconds. One set for AWS, one for the lab; the code is the same.

    Attributes:
        poll_idle_s: interval of the watchers when no run is active. poll_run_s: during a run.
        steady_s: observation before the disruption. os_delay_s: ``shutdown.exe /t``.
        recording_usual_s: usual range of the processing time, shown beside "processing".
        overdue_factor: "overdue" after this many times the upper usual time.
    """

    poll_idle_s: float
    poll_run_s: float
    steady_s: float
    os_delay_s: int
    connect_limit_s: float
    session_end_limit_s: float
    recording_usual_s: tuple[float, float]
    overdue_factor: float
    tolerance_s: float

    @property
    def recording_limit_s(self) -> float:
        """Return when a recording counts as overdue."""
        return self.recording_usual_s[1] * self.overdue_factor


AWS_TIMING = Timing(
    poll_idle_s=10.0,
    poll_run_s=3.0,
    steady_s=20.0,
    os_delay_s=15,
    connect_limit_s=900.0,
    session_end_limit_s=900.0,
    recording_usual_s=(60.0, 600.0),
    overdue_factor=3.0,
    tolerance_s=3.0,
)
LAB_TIMING = Timing(
    poll_idle_s=1.0,
    poll_run_s=0.4,
    steady_s=1.5,
    os_delay_s=1,
    connect_limit_s=20.0,
    session_end_limit_s=20.0,
    recording_usual_s=(0.5, 2.5),
    overdue_factor=4.0,
    tolerance_s=3.0,
)


ZOOM_PERCENT = (80, 160)
"""Least and most; what a file says beyond is taken as these."""
ZOOM_STEP = 10

ARMED_S = (30.0, 3600.0)
"""How long arming lasts at least and at most, seconds; what a file says beyond is taken as these."""

ENDPOINTS = ("lab", "aws")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a person may set.

    Attributes:
        region: empty takes the profile's. endpoint: ``lab`` or ``aws``.
        allow_tag: an instance must carry this tag and value to be disrupted.
        armed_s: how long arming lasts, seconds.
        live_pictures: keys of the places on AWS where a person allowed pictures of the console, with spaces between.
        endpoint_url: where calls go instead of AWS, empty for AWS; of ``endpoint`` ``aws`` only.
        tester, ticket: are written on every run that ends, until they are changed; empty writes nothing.
        first_steps: whether the window leads through the first run.
        aliases: invented names are shown instead of real ones.
        zoom: size of everything in the window, percent of the usual one.
        environment_rules: colours of accounts, see ``core.access.environment_tone``.
    """

    theme: Theme = Theme.SYSTEM
    language: Language = Language.SYSTEM
    endpoint: str = "lab"
    profile: str = ""
    region: str = ""
    scenario: str = "default"
    allow_tag: str = "rdpgui:disruptable=true"
    armed_s: float = 300.0
    restore_after_halt: bool = True
    run_folder: str = ""
    player: str = "auto"
    live_pictures: str = ""
    endpoint_url: str = ""
    environment_rules: str = ""
    first_steps: bool = True
    tester: str = ""
    ticket: str = ""
    aliases: bool = False
    zoom: int = 100

    def with_value(self, name: str, value: object) -> Settings:
        """Return a copy with one value changed.

        Raises:
            SettingsError: the name is unknown, the value has another type, or is no Region.
        """
        if name not in self.__dataclass_fields__:
            raise SettingsError("There is no setting named {name}.", "Look at the list of settings.", name=name)
        current = getattr(self, name)
        if not _is_like(value, current) or (name == "endpoint" and value not in ENDPOINTS):
            raise SettingsError(
                "Setting {name} cannot be {value}.",
                "Give a value like {example}.",
                name=name,
                value=value,
                example=current,
            )
        if name == "region" and value and not self.endpoint_url:
            checked_region(str(value))
        if name == "environment_rules":
            parsed_rules(str(value))
        values: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        return Settings(**{**values, name: _within_bounds(name, value)})


def _is_like(value: object, current: object) -> bool:
    """Whether a value is of a setting's type; a number that is none is of no type."""
    if isinstance(current, bool) != isinstance(value, bool):
        return False
    if isinstance(current, float):
        return isinstance(value, int | float) and value == value
    return isinstance(value, type(current))


def _within_bounds(name: str, value: Any) -> object:
    bounds: dict[str, tuple[float, float]] = {"zoom": ZOOM_PERCENT, "armed_s": ARMED_S}
    return min(bounds[name][1], max(bounds[name][0], value)) if name in bounds else value
