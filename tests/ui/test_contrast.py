"""Every word that can be seen can be read: its contrast is measured in the pixels of the window, in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QTableView, QWidget

from rdpgui.core.settings import Theme
from rdpgui.ui.main_window import Page
from rdpgui.ui.theme import Theming
from tests.ui.conftest import Bench
from tests.ui.snapshots import finished, recording, seeded

LEAST = 4.5
"""WCAG 2.2, 1.4.3: text of usual size."""
DENSITY = 3
"""Pixels of the picture in one of the window: strokes are wide enough to have their own colour, whatever the font."""
STATES = {"first": seeded, "run": recording, "verdict": finished}
Pixels = npt.NDArray[np.integer[Any]]


@pytest.fixture
def bench(kept_bench: Bench) -> Bench:
    """One window for all of them."""
    kept_bench.forget()
    return kept_bench


def _pixels(image: QImage) -> Pixels:
    """Return rows of colours, each one number."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(plain.constBits(), np.uint32).reshape(plain.height(), plain.width()) & 0xFFFFFF


def _grab(window: QWidget) -> QImage:
    """Return the window as a dense screen shows it."""
    picture = QImage(window.size() * DENSITY, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(DENSITY)
    window.render(picture)
    return picture


def _luminance(colours: Pixels) -> npt.NDArray[np.float64]:
    parts = np.stack([colours >> shift & 0xFF for shift in (16, 8, 0)], axis=-1) / 255.0
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def measured(area: Pixels) -> float:
    """Return the contrast between the ground, which is most of an area, and what stands out of it most."""
    colours, counts = np.unique(area, return_counts=True)
    light = _luminance(colours)
    ground = light[counts.argmax()]
    low, high = np.minimum(light, ground), np.maximum(light, ground)
    return float(((high + 0.05) / (low + 0.05)).max())


def _words(window: QWidget) -> Iterator[tuple[str, QRect]]:
    """Give the name and the place of every text of the window that is seen; what is switched off is left out."""
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, QLabel | QAbstractButton) or not widget.text() or not widget.isEnabled():
            continue
        seen = widget.visibleRegion().boundingRect()
        if widget.isVisible() and seen.width() > 8 and seen.height() >= widget.fontMetrics().xHeight() * 2:
            yield f"{widget.objectName()} “{widget.text()}”", seen.translated(widget.mapTo(window, QPoint(0, 0)))


def _rows(window: QWidget) -> Iterator[tuple[str, QRect]]:
    """Give the cells of the tables that have words."""
    for table in window.findChildren(QTableView):
        model, view = table.model(), table.viewport()
        for row in range(model.rowCount() if table.isVisible() else 0):
            for column in range(model.columnCount()):
                index = model.index(row, column)
                place = table.visualRect(index).intersected(view.rect())
                if str(index.data() or "–") != "–" and place.height() >= table.rowHeight(row) and place.width() > 8:
                    yield f"{table.objectName()} “{index.data()}”", place.translated(view.mapTo(window, QPoint(0, 0)))


@pytest.mark.parametrize("theme", [Theme.DARK, Theme.LIGHT])
@pytest.mark.parametrize("state", STATES)
def test_that_every_word_of_the_window_stands_out_of_its_ground(
    bench: Bench, themed: Theming, theme: Theme, state: str
) -> None:
    themed.apply(theme)
    bench.window.resize(1366, 768)
    bench.show(STATES[state]())
    poor: list[tuple[str, str, float]] = []
    looked_at = 0
    for page in Page if state == "verdict" else (Page.EXPERIMENT,):
        bench.window.show_page(page)
        bench.workbench.rendering.force()
        for _turn in range(3):
            QApplication.processEvents()
        picture = _pixels(_grab(bench.window))
        for name, place in (*_words(bench.window), *_rows(bench.window)):
            looked_at += 1
            top, below = place.top() * DENSITY, (place.bottom() + 1) * DENSITY
            found = measured(picture[top:below, place.left() * DENSITY : (place.right() + 1) * DENSITY])
            if found < LEAST:
                poor.append((page.name, name, round(found, 2)))
    assert poor == []
    assert looked_at > 30, "the window was seen"


def test_that_a_word_that_is_hardly_there_is_found(qapp: Any) -> None:
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(0xFF202020)
    assert measured(_pixels(image)) == pytest.approx(1.0)
    image.setPixel(3, 3, 0xFF606060)
    assert measured(_pixels(image)) < LEAST
    image.setPixel(4, 3, 0xFFE0E0E0)
    assert measured(_pixels(image)) > LEAST
