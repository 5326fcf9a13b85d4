"""The one door of everything that is shown: what a text is shown as, and that one of AWS or of a person is no markup.

While invented names are shown (``core/aliases``) they are put in here, into whole texts and before anything is cut.

Qt guesses by itself whether a tooltip is rich text (``Qt::mightBeRichText``): ``<h1>PASS</h1>`` as a Name tag became a
heading. It has no switch for that, so an invisible word joiner behind each ``<`` makes the guess come out right
wherever the text is handed on (actions, menus, lists). Labels are made by ``small.label``, which are plain by format.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QListWidgetItem, QToolTip, QWidget

from rdpgui.core import plain
from rdpgui.core.aliases import Aliases

_JOINER = "\u2060"


class _Current:
    """The invented names in use; None while the real ones are shown."""

    aliases: Aliases | None = None


def use_aliases(aliases: Aliases | None) -> None:
    """Show invented names from now on, or the real ones again; who shows something shows it anew."""
    _Current.aliases = aliases


def with_aliases() -> bool:
    """Whether invented names are shown."""
    return _Current.aliases is not None


def named(text: str) -> str:
    """Return a text with invented names, if they are in use."""
    return text if _Current.aliases is None else _Current.aliases.shown(text)


def is_typed(given: str, expected: str) -> bool:
    """Whether somebody typed exactly what was asked for: what is shown of it, or what it is."""
    return given.strip() in (expected, named(expected))


def visible(text: str, longest: int = plain.LONGEST) -> str:
    """Return a text in which every character is seen and none acts; line breaks and tabs stay."""
    return plain.visible(named(text), longest)


def one_line(text: str, longest: int = plain.LONGEST_LINE) -> str:
    """Return a text for a place with one line; breaks and tabs are written out, too."""
    return plain.one_line(named(text), longest)


def tip(text: str) -> str:
    """Return a text as a tooltip shows it: as written, folded into lines, never rich text."""
    shown = plain.folded(named(text))
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
