"""Every dialog, read as the window is: nothing is cut, numbers keep off their borders, no real name is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QDialog, QListWidget

from rdpgui.i18n import set_language
from rdpgui.ui.dialogs.access_requests import AccessRequestsDialog
from rdpgui.ui.dialogs.close_question import CloseDialog
from rdpgui.ui.dialogs.delete_runs import DeleteDialog
from rdpgui.ui.dialogs.faults import FaultsDialog
from rdpgui.ui.dialogs.matrix import MatrixDialog
from rdpgui.ui.dialogs.order import OrderDialog
from rdpgui.ui.dialogs.whose import WhoseDialog
from tests.helpers.layout import faults
from tests.ui.conftest import Bench
from tests.ui.snapshots import recording, seeded
from tests.ui.test_access_requests import OLD, PENDING
from tests.ui.test_aliases import CALLER, ERROR, real_ones, state, texts_of
from tests.ui.test_aliases import shown as shown_with_aliases
from tests.ui.test_broken_dialogs import IDENTITY, ORDER, _openers
from tests.ui.test_theme import contrast

shown = shown_with_aliases
TINY_PX = 8


@pytest.fixture
def dialogs(bench: Bench) -> Iterator[list[QDialog]]:
    """All of them, open."""
    bench.show(recording())
    made = [make() for make in _openers(bench).values()]
    for dialog in made:
        if isinstance(dialog, AccessRequestsDialog):
            dialog.show_requests((PENDING, OLD), "")
        dialog.show()
    QApplication.processEvents()
    yield made
    for dialog in made:
        dialog.close()
        dialog.deleteLater()
    set_language("en")


@pytest.fixture
def japanese() -> None:
    set_language("ja")


@pytest.mark.case("L8", "L13")
def test_that_no_dialog_cuts_its_words_in_japanese(japanese: None, dialogs: list[QDialog]) -> None:
    assert [(dialog.objectName(), fault) for dialog in dialogs for fault in faults(dialog)] == []


@pytest.mark.case("L8", "L13")
def test_that_no_dialog_cuts_its_words_and_boxes_can_be_read(dialogs: list[QDialog]) -> None:
    assert [(dialog.objectName(), fault) for dialog in dialogs for fault in faults(dialog)] == []
    boxes = [box for dialog in dialogs for box in dialog.findChildren(QAbstractSpinBox)]
    assert len(boxes) >= 2
    assert [box.objectName() for box in boxes if box.lineEdit().textMargins().left() < TINY_PX] == []
    choice = next(dialog for dialog in dialogs if isinstance(dialog, MatrixDialog)).choice
    assert _outline_of_a_box(choice) >= 3.0


def _outline_of_a_box(choice: QListWidget) -> float:
    """Return the contrast between a list's ground and what is painted on it where its first check box is."""
    row = choice.visualItemRect(choice.item(0))
    picture = choice.viewport().grab(QRect(row.left(), row.top(), 26, row.height())).toImage()
    seen = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    ground = picture.pixelColor(1, picture.height() // 2).name()
    return max(contrast(ground, colour) for colour in seen)


def test_that_dialogs_of_orders_show_no_real_name(shown: Bench) -> None:
    """Those that no action of the window opens by itself: the words they are given hold the real names."""
    known, window = state(), shown.window
    run = next(iter(known.runs.values()))
    order = OrderDialog(type(ORDER)(f"Stop {CALLER}?", ERROR, [("Instance", CALLER)], "Go", CALLER), window)
    requests = AccessRequestsDialog("fin-web-01", ERROR, window)
    asked = replace(PENDING, by=CALLER, title=ERROR, said=(("to", ERROR),))
    requests.show_requests((asked,), "")
    dialogs = [
        order,
        requests,
        CloseDialog([run], window),
        DeleteDialog([f"fin-web-01 {run.run_id}"], wastebasket=True, parent=window),
        FaultsDialog(window),
        MatrixDialog(IDENTITY, list(known.instances.values()), whole=True, parent=window),
        WhoseDialog([("Owner", CALLER)], window),
    ]
    for dialog in dialogs:
        assert (dialog.objectName(), real_ones(texts_of(dialog))) == (dialog.objectName(), set())
        dialog.deleteLater()


def test_that_the_bench_of_dialogs_holds_real_names_where_they_are_not_hidden(bench: Bench) -> None:
    """Else the test above could not fail."""
    bench.show(seeded())
    dialog = WhoseDialog([("Owner", CALLER)], bench.window)
    assert real_ones(texts_of(dialog))
    dialog.deleteLater()
