"""The console screenshot of EC2 beside the evidence."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import RunId
from rdpgui.core.run_events import WitnessSaved
from rdpgui.core.state import AppState
from rdpgui.i18n import set_language
from rdpgui.ui import formats
from tests.ui.conftest import Bench
from tests.ui.snapshots import NOW, finished, fold, recording, run_events, seeded

TITLE = "Console screenshot of EC2 (second witness)"
TAKEN = f"taken between {formats.clock(NOW, decimals=1)} and {formats.clock(NOW + timedelta(seconds=1), decimals=1)}"


@pytest.fixture
def bench(kept_bench: Bench) -> Bench:
    """One window for all of them."""
    kept_bench.forget()
    return kept_bench


def _witnessed(folder: Path) -> AppState:
    picture = QImage(640, 360, QImage.Format.Format_RGB32)
    picture.fill(QColor("#0b5cab"))
    picture.save(str(folder / "console-screenshot.jpg"))
    saved = WitnessSaved(NOW + timedelta(seconds=1), RunId("r1"), "console-screenshot.jpg", NOW)
    return fold(finished(), saved)


def _is_shown(bench: Bench, name: str) -> bool:
    return not bench.find(QWidget, name).isHidden()


def test_that_the_screenshot_is_shown_with_when_it_was_taken_and_what_it_proves(bench: Bench) -> None:
    bench.show(_witnessed(bench.folder))
    still = bench.find(QWidget, "witness_still")
    assert still.has_picture
    assert _is_shown(bench, "witness_still")
    assert bench.text("witness_when") == TAKEN
    assert still.accessibleName() == f"{TITLE}, {TAKEN}"
    assert "without Session Manager and the recorder" in still.accessibleDescription()
    assert not _is_shown(bench, "witness_why")
    set_language("ja")
    bench.workbench.retranslate()
    assert "撮影" in bench.text("witness_when") or "の間" in bench.text("witness_when")


def test_that_the_keyboard_opens_it_large_and_closes_it(bench: Bench) -> None:
    bench.show(_witnessed(bench.folder))
    button = bench.find(QPushButton, "witness_larger")
    assert button.accessibleName() == f"Show larger: {TITLE}"
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    QTest.keyClick(button, Qt.Key.Key_Space)
    dialog = bench.dialog("witness_dialog")
    large = dialog.findChild(QWidget, "witness_large")
    assert large.has_picture
    assert (large.width(), large.height()) == (720, large.heightForWidth(720))
    assert 375 < large.height() < 405, "as a screen, without the rows of the lab's clock"
    assert dialog.findChild(QWidget, "witness_taken").text() == TAKEN
    assert "without Session Manager" in dialog.findChild(QWidget, "witness_proof").text()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (finished(), "None was taken. The run log says why; the verdict does not need it."),
        (recording(), "None yet: it is taken while the disruption takes effect."),
        (
            fold(seeded(), *run_events(disruption_id=DisruptionId.CONTROL_NONE)),
            "A control takes none: nothing happens to the instance.",
        ),
    ],
)
def test_that_without_a_screenshot_the_reason_stands_there(bench: Bench, state: AppState, why: str) -> None:
    bench.show(state)
    assert bench.text("witness_why") == why
    assert bench.find(QWidget, "witness_box").accessibleName() == f"{TITLE}: {why}"
    for name in ("witness_still", "witness_when", "witness_larger"):
        assert not _is_shown(bench, name)


def test_that_a_picture_that_is_gone_is_said_and_no_run_shows_nothing(bench: Bench) -> None:
    state = _witnessed(bench.folder)
    (bench.folder / "console-screenshot.jpg").unlink()
    bench.show(state)
    assert bench.text("witness_why") == "The picture is no longer in the run's folder."
    bench.show(seeded())
    assert not _is_shown(bench, "witness_box")
