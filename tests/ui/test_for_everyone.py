"""Everything can be reached and done with a keyboard, and is told to a screen reader, on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

import rdpgui.ui
from rdpgui import i18n
from rdpgui.core.state import AppState
from rdpgui.ui.actions import SPECS
from rdpgui.ui.main_window import PAGES, Page
from rdpgui.ui.stylesheet import style_sheet
from rdpgui.ui.theme import Theming
from rdpgui.ui.tokens import DARK, LIGHT, Tokens
from tests.ui.conftest import Bench
from tests.ui.snapshots import finished, recording, seeded
from tests.ui.test_theme import contrast

STATES = {"first": seeded, "run": recording, "verdict": finished}
MANY = 400
"""More presses of Tab than any page has controls."""
MEANINGLESS = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Border, QAccessible.Role.Pane)
"""Roles that say nothing of what can be done."""


def controls(window: QWidget) -> set[QWidget]:
    """Return what a person can work with and sees: it takes the focus by Tab."""
    return {
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.window() is window
        and widget.focusProxy() is None
    }


def walk(window: QWidget, *, back: bool = False) -> Iterator[QWidget]:
    """Press Tab again and again, and yield where the focus is, until it is where it began."""
    key = Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab
    modifier = Qt.KeyboardModifier.ShiftModifier if back else Qt.KeyboardModifier.NoModifier
    seen: list[QWidget] = []
    for _press in range(MANY):
        at = QApplication.focusWidget() or window
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(at, QKeyEvent(kind, key, modifier))
        now = QApplication.focusWidget()
        assert now is not None, "the focus is lost"
        assert now is not at, f"Tab does not leave {now.objectName() or type(now).__name__}"
        if seen and now is seen[0]:
            return
        seen.append(now)
        yield now
    raise AssertionError(f"Tab comes round to nothing: {[widget.objectName() for widget in seen[-6:]]}")


def shown(bench: Bench, page: Page, state: AppState) -> QWidget:
    """Return the window on a page, with the keyboard."""
    bench.window.show_page(page)
    bench.show(state)
    bench.window.activateWindow()
    QApplication.processEvents()
    bench.window.setFocus()
    QApplication.processEvents()
    return bench.window


@pytest.mark.parametrize("name", list(STATES))
def test_that_tab_reaches_every_control_of_every_page_and_is_trapped_in_none(bench: Bench, name: str) -> None:
    for page in PAGES:
        window = shown(bench, page, STATES[name]())
        reached = set(walk(window))
        missed = controls(window) - reached
        assert not {widget.objectName() or type(widget).__name__ for widget in missed}, page


def test_that_the_way_back_reaches_them_too(bench: Bench) -> None:
    window = shown(bench, Page.HISTORY, finished())
    assert set(walk(window, back=True)) == set(walk(window))


def test_that_every_control_tells_a_screen_reader_what_it_is_and_what_it_is_called(bench: Bench) -> None:
    silent = []
    for page in PAGES:
        for widget in controls(shown(bench, page, finished())):
            told = QAccessible.queryAccessibleInterface(widget)
            name, role = told.text(QAccessible.Text.Name), told.role()
            if not name or role in MEANINGLESS:
                silent.append(f"{widget.objectName() or type(widget).__name__}: {role} {name!r}")
    assert silent == []


# -- what is written on what, by the one style sheet ---------------------------------

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def pairs(theme: Tokens) -> Iterator[tuple[str, str, str]]:
    """Yield selector, text colour and ground of every rule that sets both; what is disabled may be faint."""
    for selector, body in _RULE.findall(style_sheet(theme)):
        ground = re.search(r"(?<![-\w])background:\s*(#\w{6})", body)
        text = re.search(r"(?<![-\w])color:\s*(#\w{6})", body)
        if ground and text and ":disabled" not in selector:
            yield selector.strip(), text[1], ground[1]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_that_the_style_sheet_writes_on_no_ground_that_hides_it(theme: Tokens) -> None:
    found = list(pairs(theme))
    assert len(found) >= 15
    poor = [(selector, round(contrast(text, ground), 2)) for selector, text, ground in found]
    assert [one for one in poor if one[1] < 4.5] == []


def test_that_nothing_moves_by_itself(theming: Theming) -> None:
    assert theming is not None
    moving = (Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_FadeMenu, Qt.UIEffect.UI_AnimateCombo)
    assert [effect for effect in moving if QApplication.isEffectEnabled(effect)] == []
    sources = (Path(rdpgui.ui.__file__).parent).rglob("*.py")
    animated = re.compile(r"Q(Property|Variant|Sequential|Parallel)?Animation|QGraphicsOpacityEffect")
    assert [path.name for path in sources if animated.search(path.read_text(encoding="utf-8"))] == []


def test_that_no_two_actions_have_the_same_keys() -> None:
    """Qt calls neither then."""
    keys = [QKeySequence(keys).toString() for spec in SPECS for keys in spec.keys]
    assert "" not in keys
    assert [found for found in keys if keys.count(found) > 1] == []


@pytest.mark.case("L14")
def test_that_arming_has_one_word_in_japanese() -> None:
    with i18n.speaking("ja"):
        arm, armed = i18n._("Arm this instance"), i18n._("Armed: {name} · {left} left")
        first = i18n._("Press “Arm this instance” first.")
    assert arm == "実行を許可"
    assert arm in armed
    assert f"「{arm}」" in first
    catalogue = i18n.locale_dir() / "ja" / "LC_MESSAGES" / "rdpgui.po"
    assert "実行可" not in catalogue.read_text(encoding="utf-8")


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_that_words_in_empty_fields_can_be_read(theme: Tokens) -> None:
    """A placeholder says what a field is for: it is no disabled text."""
    assert contrast(theme.dim, theme.sunken) >= 4.5
