"""Contrast of every text on every surface, and the three-way theme."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from rdpgui.core.settings import Theme
from rdpgui.ui.icons import tone_pixmap
from rdpgui.ui.theme import Theming, box_palette, tokens
from rdpgui.ui.tokens import DARK, LIGHT, Tokens, Tone

TEXTS = ("text", "dim", "accent", "ok", "warn", "bad", "info", "idle", "lab")
SURFACES = ("ground", "surface", "raised", "sunken")


def luminance(colour: str) -> float:
    parts = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_that_every_text_can_be_read_on_every_surface(theme: Tokens) -> None:
    poor = [
        (text, surface, round(contrast(getattr(theme, text), getattr(theme, surface)), 2))
        for text in TEXTS
        for surface in SURFACES
        if contrast(getattr(theme, text), getattr(theme, surface)) < 4.5
    ]
    assert poor == []


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("on_accent", "accent"),
        ("on_bad", "bad"),
        ("on_lab", "lab"),
        ("text", "selection"),
        ("dim", "selection"),
        ("text", "hover"),
        ("text", "lab_ground"),
        ("dim", "lab_ground"),
        ("warn", "lab_ground"),
        ("bad", "lab_ground"),
    ],
)
def test_that_text_on_a_coloured_ground_can_be_read(theme: Tokens, text: str, ground: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5


def test_that_the_shapes_of_the_tones_differ_without_colour(qapp: QApplication) -> None:
    shapes = {tone: _alpha(tone_pixmap(tone).toImage()) for tone in Tone if tone is not Tone.LAB}
    assert len(set(shapes.values())) == len(shapes)


def _alpha(image: QImage) -> bytes:
    return bytes(image.convertToFormat(QImage.Format.Format_Alpha8).constBits())


def test_that_a_chosen_theme_is_applied_and_the_system_is_followed_otherwise(theming: Theming) -> None:
    theming.apply(Theme.LIGHT)
    assert tokens() is LIGHT
    theming.apply(Theme.DARK)
    assert tokens() is DARK
    theming.apply(Theme.SYSTEM)
    assert tokens() in (LIGHT, DARK)


@pytest.mark.parametrize("t", [DARK, LIGHT])
def test_that_the_edge_of_a_check_box_is_seen(t: Tokens) -> None:
    edge = box_palette(t).window().color().darker(140).lighter(110)  # as Fusion draws it
    assert min(contrast(edge.name(), ground) for ground in (t.ground, t.surface, t.raised)) >= 3.0
