"""The first start leads: each step lit in place, dismissible, in nobody's way, and never again once done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from rdpgui import i18n
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.state import AppState
from rdpgui.ui.guide.steps import TEXTS, TITLES, Progress, Step, next_step
from rdpgui.ui.main_window import Page
from tests.ui import snapshots
from tests.ui.conftest import Bench

ROOT = Path(__file__).resolve().parents[2]


def led(bench: Bench, state: AppState | None = None) -> Bench:
    """Return a window that leads."""
    bench.show(state or snapshots.seeded())
    bench.workbench.lead(asked=False)
    QApplication.processEvents()
    return bench


def where(bench: Bench, widget: QWidget) -> QRect:
    """Return a widget's place in the window."""
    return QRect(widget.mapTo(bench.window, QPoint(0, 0)), widget.size())


def is_lit(bench: Bench, widget: QWidget) -> bool:
    """Whether the ring is closely round a widget."""
    QApplication.processEvents()
    ring, lit = where(bench, bench.find(QWidget, "guide_ring")), where(bench, widget)
    return bench.find(QWidget, "guide_ring").isVisible() and ring.contains(lit) and ring.height() - lit.height() < 16


@pytest.mark.parametrize(
    ("progress", "step"),
    [
        (Progress(chosen=False, may_arm=True, armed=False, running=False, judged=False), Step.CHOOSE),
        (Progress(chosen=True, may_arm=True, armed=False, running=False, judged=False), Step.ARM),
        (Progress(chosen=True, may_arm=False, armed=False, running=False, judged=False), Step.CHOOSE),
        (Progress(chosen=False, may_arm=True, armed=True, running=False, judged=False), Step.DISRUPT),
        (Progress(chosen=False, may_arm=False, armed=True, running=True, judged=False), Step.WATCH),
        (Progress(chosen=True, may_arm=True, armed=True, running=False, judged=True), Step.READ),
    ],
)
def test_that_the_next_step_follows_what_has_happened(progress: Progress, step: Step) -> None:
    assert next_step(progress) is step


def test_that_each_step_is_lit_where_it_is_done_and_the_end_is_kept(bench: Bench) -> None:
    led(bench)
    page = bench.window.experiment
    assert is_lit(bench, page.instances)
    bench.press("guide_next")
    assert is_lit(bench, page.disruptions.arm)
    bench.show(snapshots.armed(snapshots.seeded()))
    assert is_lit(bench, page.disruptions.buttons[DisruptionId.OS_SHUTDOWN])
    bench.show(snapshots.recording())
    assert is_lit(bench, page.stage)
    assert ("set_setting", "first_steps", False) not in bench.commands.orders
    bench.show(snapshots.finished())
    assert is_lit(bench, page.verdict)
    bubble, stage = where(bench, bench.find(QWidget, "guide_bubble")), where(bench, page.stage)
    assert bubble.bottom() < stage.bottom() - stage.height() * 0.22  # the film's axis and its end stay free
    assert bench.commands.orders.count(("set_setting", "first_steps", False)) == 1
    _is_said_in_japanese(bench)
    bench.press("guide_away")
    QApplication.processEvents()
    assert not bench.find(QWidget, "guide_ring").isVisible()
    assert bench.commands.orders.count(("set_setting", "first_steps", False)) == 1


def _is_said_in_japanese(bench: Bench) -> None:
    """The last sentence too, which stays when all is done, and back again."""
    for language in ("ja", "en"):
        with i18n.speaking(language):
            bench.workbench.retranslate()
            assert bench.text("guide_text") == i18n._(TEXTS[Step.READ])
    bench.workbench.retranslate()


def test_that_a_person_who_goes_on_without_it_is_followed(bench: Bench) -> None:
    led(bench, snapshots.armed(snapshots.seeded()))
    assert is_lit(bench, bench.window.experiment.disruptions.buttons[DisruptionId.OS_SHUTDOWN])


def test_that_it_is_in_nobodys_way(bench: Bench) -> None:
    led(bench)
    bench.press("guide_next")
    QApplication.processEvents()
    assert QApplication.activeModalWidget() is None
    bubble = where(bench, bench.find(QWidget, "guide_bubble"))
    panel = bench.window.experiment.disruptions
    for button in (panel.arm, panel.connect_button, *panel.buttons.values()):
        if button.isVisible():
            place = where(bench, button)
            assert not bubble.intersects(place), button.objectName()
            found = bench.window.childAt(place.center())
            assert found is not None
            assert found is button or button.isAncestorOf(found), "the ring took the click"


def test_that_who_dismisses_it_is_not_led_again(bench: Bench) -> None:
    led(bench)
    bench.press("guide_away")
    QApplication.processEvents()
    assert not bench.find(QWidget, "guide_bubble").isVisible()
    assert ("set_setting", "first_steps", False) in bench.commands.orders
    bench.show(snapshots.armed(snapshots.seeded()))
    QApplication.processEvents()
    assert not bench.find(QWidget, "guide_bubble").isVisible()


def test_that_it_leads_on_the_experiment_page_of_the_lab_alone(bench: Bench) -> None:
    led(bench, snapshots.seeded(lab=False))
    assert not bench.find(QWidget, "guide_bubble").isVisible()
    bench.show(snapshots.seeded())
    QApplication.processEvents()
    assert bench.find(QWidget, "guide_bubble").isVisible()
    bench.window.show_page(Page.MATRIX)
    QApplication.processEvents()
    assert not bench.find(QWidget, "guide_bubble").isVisible()


def test_that_the_menu_and_the_empty_verdict_lead_again(bench: Bench) -> None:
    bench.show(snapshots.seeded())
    bench.press("verdict_lead")
    QApplication.processEvents()
    assert bench.find(QWidget, "guide_bubble").isVisible()
    bench.press("guide_away")
    bench.window.actions_by_name["first-steps"].trigger()
    QApplication.processEvents()
    assert [found for found in bench.window.findChildren(QWidget, "guide_bubble") if found.isVisible()]


@pytest.mark.parametrize(("language", "readme"), [("en", "README.md"), ("ja", "README.ja.md")])
def test_that_the_readmes_steps_are_the_same(language: str, readme: str) -> None:
    before = i18n.language()
    try:
        i18n.set_language(language)
        titles = [i18n._(title) for title in TITLES.values()]
    finally:
        i18n.set_language(before)
    steps = re.findall(r"^\d\. \*\*([^*]+)\*\*", (ROOT / readme).read_text(encoding="utf-8"), re.MULTILINE)
    assert steps[: len(titles)] == titles


def test_that_empty_places_offer_the_way_out(bench: Bench) -> None:
    bench.show(snapshots.seeded())
    QApplication.processEvents()
    bench.press("sessions_table_offer")
    assert any(order[0] == "connect" for order in bench.commands.orders)
    search = bench.window.experiment.instances.search
    search.setText("nothing is called like this")
    bench.press("instances_table_offer")
    assert not search.text()
    assert not bench.find(QPushButton, "instances_table_offer").isVisible()
    bench.window.show_page(Page.CLAIMS)
    bench.workbench.rendering.render()
    bench.press("claims_matrix")
    assert bench.window.page is Page.MATRIX
