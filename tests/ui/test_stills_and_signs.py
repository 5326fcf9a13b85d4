"""Small things that a board sees: stills without what looks like a fault, type that is read, arrows that are right."""

from __future__ import annotations

import configparser
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QTableView, QWidget

from rdpgui.ui.main_window import Page
from rdpgui.ui.player.picture import PictureView, overlay_font
from rdpgui.ui.theme import mono_font
from rdpgui.ui.widgets.still import StillView
from tests.ui.conftest import Bench
from tests.ui.snapshots import finished, seeded

DESKTOP = Path(__file__).parents[2] / "resources" / "desktop"
BLUE = QColor("#0b5cab")


def _settle() -> None:
    for _turn in range(5):
        QApplication.processEvents()


def _frame(folder: Path) -> Path:
    """Return a lab's last frame: blue, with the machine's clock at its lower edge."""
    image = QImage(1280, 720, QImage.Format.Format_RGB32)
    image.fill(BLUE)
    painter = QPainter(image)
    for cell in range(52):
        painter.fillRect(QRect(1280 - 416 + cell * 8, 712, 8, 8), QColor("white" if cell % 2 else "black"))
    painter.end()
    path = folder / "clock.png"
    assert image.save(str(path))
    return path


def _colours(image: QImage, area: QRect) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x in range(area.left(), area.right())
        for y in range(area.top(), area.bottom())
    }


def _lower_edge(view: StillView) -> QRect:
    """Return the rows just above the frame, where the clock is."""
    bottom = min(view.height(), view.heightForWidth(view.width())) - 2
    return QRect(view.width() * 72 // 100, bottom - 4, view.width() // 5, 4)


@pytest.mark.case("L13")
@pytest.mark.parametrize("size", [QSize(132, 74), QSize(400, 225), QSize(720, 405)])
def test_that_a_still_of_the_lab_leaves_the_machines_clock_out_and_the_file_keeps_it(
    qtbot: object, tmp_path: Path, size: QSize
) -> None:
    path = _frame(tmp_path)
    before = path.read_bytes()
    view = StillView("still")
    view.show_still(path, "")
    view.set_lab(True)
    view.setFixedSize(size)
    assert _colours(view.grab().toImage(), _lower_edge(view)) == {BLUE.name()}
    assert path.read_bytes() == before
    view.set_lab(False)
    if size.width() > 500:  # behind the frame in a smaller one
        assert len(_colours(view.grab().toImage(), _lower_edge(view))) > 1, "on AWS every row is shown"
    view.deleteLater()


@pytest.mark.case("L13")
def test_that_the_picture_of_the_lab_says_what_the_cells_are(qtbot: object) -> None:
    view = PictureView()
    view.set_lab(True)
    assert "clock" in view.toolTip()
    view.set_lab(False)
    assert view.toolTip() == ""
    view.deleteLater()


@pytest.mark.case("L13")
@pytest.mark.parametrize(("size", "least_px"), [((1366, 768), 300), ((1920, 1080), 400)])
def test_that_stills_of_the_matrix_are_large(bench: Bench, size: tuple[int, int], least_px: int) -> None:
    bench.window.resize(*size)
    bench.show(finished())
    bench.window.show_page(Page.MATRIX)
    bench.show(finished())
    _settle()
    cell = bench.find(QWidget, "cell_os-shutdown_Standard")
    still = cell.findChild(StillView)
    assert still is not None and still.width() >= least_px
    assert bench.find(QWidget, "cell_os-reboot_Standard").findChild(StillView).width() < least_px, (
        "empty ones stay small"
    )
    words = [each for each in cell.findChildren(QWidget) if each is not still and each.isVisible()]
    for word in words:
        place = QRect(word.mapTo(cell, QPoint()), word.size())
        assert not place.intersects(still.geometry()) and cell.rect().contains(place)
        assert "…" not in (word.text() if isinstance(word, QLabel) else "")


class _Screen(QWidget):
    """A window as large as a screen, without one."""

    def isFullScreen(self) -> bool:
        """Say that it fills its screen."""
        return True


@pytest.mark.case("L13")
@pytest.mark.parametrize(("height", "least_px"), [(720, 24), (1080, 24), (2160, 48)])
def test_that_type_on_a_whole_screen_is_read_across_a_room(qtbot: object, height: int, least_px: int) -> None:
    screen = _Screen()
    screen.resize(height * 16 // 9, height)
    picture = PictureView(screen)
    assert overlay_font(picture, mono_font()).pixelSize() >= least_px
    in_a_window = PictureView()
    assert overlay_font(in_a_window, mono_font()).pointSizeF() == mono_font().pointSizeF()
    for widget in (screen, in_a_window):
        widget.deleteLater()


def _arrow_rows(table: QTableView, column: int) -> list[int]:
    """Return how many pixels of the arrow each row of the header has, top to bottom."""
    head = table.horizontalHeader()
    shown = head.grab().toImage()
    left = head.sectionViewportPosition(column)
    ground = shown.pixelColor(left + head.sectionSize(column) - 2, 2)
    right = left + head.sectionSize(column) - 3
    word = (
        left
        + 10
        + head.fontMetrics().horizontalAdvance(str(table.model().headerData(column, Qt.Orientation.Horizontal)))
    )
    rows = [sum(shown.pixelColor(x, y) != ground for x in range(word, right)) for y in range(2, head.height() - 3)]
    return [count for count in rows if count]


@pytest.mark.case("L13")
def test_that_an_ascending_column_points_up(bench: Bench) -> None:
    bench.show(seeded())
    _settle()
    table = bench.find(QTableView, "instances_table")
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    _settle()
    names = [table.model().index(row, 0).data() for row in range(table.model().rowCount())]
    assert names == sorted(names)
    up = _arrow_rows(table, 0)
    assert len(up) >= 2 and up[0] < up[-1], "narrow above, wide below"
    table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    _settle()
    down = _arrow_rows(table, 0)
    assert down[0] > down[-1]


@pytest.mark.case("L13")
def test_that_the_window_has_an_icon() -> None:
    from rdpgui.ui.app_icon import app_icon

    icon = app_icon()
    for size in (16, 32, 64, 256):
        picture = icon.pixmap(QSize(size, size)).toImage()
        assert picture.width() >= size
        assert len({picture.pixelColor(x, y).name() for x in range(0, size, 2) for y in range(0, size, 2)}) > 2


@pytest.mark.case("L13")
def test_that_the_desktop_entry_and_its_description_are_of_this_program() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]  # keys are written as they are
    entry.read(DESKTOP / "io.github.rdpgui.desktop", encoding="utf-8")
    told = entry["Desktop Entry"]
    assert told["Type"] == "Application" and told["Name"] == "rdpgui" and told["Terminal"] == "false"
    assert told["Icon"] == "io.github.rdpgui" and told["Comment"] and told["Comment[ja]"]
    assert told["StartupWMClass"] == "rdpgui" and "Exec" in told
    root = ET.parse(DESKTOP / "io.github.rdpgui.metainfo.xml").getroot()
    assert root.tag == "component" and root.get("type") == "desktop-application"
    assert root.findtext("id") == "io.github.rdpgui"
    assert root.findtext("launchable") == "io.github.rdpgui.desktop"
    for part in ("name", "summary", "metadata_license", "project_license"):
        assert root.findtext(part)
    assert (DESKTOP / "io.github.rdpgui.svg").read_text(encoding="utf-8").startswith("<svg")
