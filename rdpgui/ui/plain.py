"""The one door for tooltips and for what item views show: a text of AWS or of a person is never markup.

Qt guesses by itself whether a tooltip is rich text (``Qt::mightBeRichText``): ``<h1>PASS</h1>`` as a Name tag became a
heading. It has no switch for that, so an invisible word joiner behind each ``<`` makes the guess come out right
wherever the text is handed on (actions, menus, lists). Labels are made by ``small.label``, which are plain by format.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QListWidgetItem, QToolTip, QWidget

from rdpgui.core import plain

_JOINER = "\u2060"


def shown(text: str, longest: int = plain.LONGEST) -> str:
    """Return a text as it is shown: every character is seen and none acts."""
    return plain.visible(text, longest)


def tip(text: str) -> str:
    """Return a text as a tooltip shows it: as written, folded into lines, never rich text."""
    shown = plain.folded(text)
    return shown.replace("<", f"<{_JOINER}").replace("&lt;", f"&{_JOINER}lt;")


def set_tip(target: QWidget | QAction | QListWidgetItem, text: str) -> None:
    """Give a tooltip; empty takes it away."""
    shown = tip(text)
    if target.toolTip() != shown:
        target.setToolTip(shown)


def show_tip(at: QPoint, text: str) -> None:
    """Show a tooltip now, at a place of the screen."""
    QToolTip.showText(at, tip(text))


def told_tip(target: QWidget | QAction) -> str:
    """Return a widget's tooltip as it was given, without what keeps it plain."""
    return target.toolTip().replace(_JOINER, "")
