"""The two colour sets, dark and light, and what a colour means. Plain data: ``theme`` puts one of them in use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """Meaning of a colour."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    INFO = "info"
    IDLE = "idle"
    LAB = "lab"


@dataclass(frozen=True, slots=True)
class Tokens:
    """One colour set; every member is ``#rrggbb``.

    Attributes:
        ground: behind everything. surface: cards. raised: buttons and fields. sunken: lanes and wells.
        text, dim: reading text and its quieter form. faint: disabled text and placeholders.
        accent: the one accent; ``on_accent`` is text on it. selection: selected rows.
        ok, warn, bad, info, idle: tones as text and shapes. lab, lab_ground: the violet that marks the lab.
    """

    dark: bool
    ground: str
    surface: str
    raised: str
    hover: str
    sunken: str
    border: str
    border_strong: str
    text: str
    dim: str
    faint: str
    accent: str
    on_accent: str
    selection: str
    ok: str
    warn: str
    bad: str
    on_bad: str
    info: str
    idle: str
    lab: str
    on_lab: str
    lab_ground: str

    def tone(self, tone: Tone) -> str:
        """Return the colour of a tone."""
        colour: str = getattr(self, tone.value)
        return colour


DARK = Tokens(
    dark=True,
    ground="#1a1d23",
    surface="#22262e",
    raised="#2b303a",
    hover="#353c48",
    sunken="#181b20",
    border="#343b47",
    border_strong="#4a5464",
    text="#e8ecf2",
    dim="#a6b0bf",
    faint="#6f7989",
    accent="#4ea1ff",
    on_accent="#06172b",
    selection="#2b3d58",
    ok="#3fd08a",
    warn="#f0b350",
    bad="#ff7b72",
    on_bad="#2b0705",
    info="#5fb0ff",
    idle="#98a3b3",
    lab="#b996ff",
    on_lab="#1d0f38",
    lab_ground="#2a2140",
)
LIGHT = Tokens(
    dark=False,
    ground="#eef1f5",
    surface="#ffffff",
    raised="#f4f6f9",
    hover="#e6ebf2",
    sunken="#e9edf2",
    border="#d5dce6",
    border_strong="#aab5c4",
    text="#18202c",
    dim="#4a5666",
    faint="#8a95a5",
    accent="#0b62c4",
    on_accent="#ffffff",
    selection="#d8e7fb",
    ok="#0d6b3c",
    warn="#7d4f00",
    bad="#b3211d",
    on_bad="#ffffff",
    info="#0b5cb8",
    idle="#505c6b",
    lab="#5f35b5",
    on_lab="#ffffff",
    lab_ground="#ebe3fa",
)
