"""What painted and assembled widgets are to a screen reader: a button, a chart, a group."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QScrollArea, QWidget

_PROPERTY = "told_as"
_ROLES = {
    "button": QAccessible.Role.Button,
    "chart": QAccessible.Role.Chart,
    "graphic": QAccessible.Role.Graphic,
    "grouping": QAccessible.Role.Grouping,
}
_installed: list[bool] = []


def tell_as(widget: QWidget, what: str) -> None:
    """Say what a widget is: button, chart, graphic or grouping."""
    widget.setProperty(_PROPERTY, what)


def install() -> None:
    """Let screen readers be told so, once for the application."""
    if not _installed:
        _installed.append(True)
        QAccessible.installFactory(_interface)


def _interface(_class_name: str, of: QObject) -> QAccessibleInterface | None:
    """Return what a widget is told as, None for those that Qt knows how to tell."""
    if not isinstance(of, QWidget):
        return None
    what = of.property(_PROPERTY) or ("grouping" if type(of) is QScrollArea else None)
    return QAccessibleWidget(of, _ROLES[what]) if what is not None else None
