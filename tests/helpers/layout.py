"""What is cut or lies on something else in a window, told from the geometry of its widgets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSplitterHandle,
    QTabBar,
    QTableView,
    QToolButton,
    QWidget,
)

from rdpgui.ui.widgets.small import ElidedLabel

SLACK_PX = 1
_CLOSED = (QAbstractSpinBox, QComboBox, QLineEdit, QTabBar, QHeaderView)
"""What lays its own parts out: they may lie on each other."""


def faults(top: QWidget) -> list[str]:
    """Return what is cut or overlaps below a widget, in words."""
    seen = [widget for widget in top.findChildren(QWidget) if widget.isVisibleTo(top)]
    found = [fault for widget in seen for fault in _cut(widget)]
    for parent in (top, *seen):
        found += _overlaps(parent)
    return sorted(set(found))


def _name(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return widget.objectName() or f"{type(widget).__name__} in {_name(parent) if parent is not None else None}"


def _cut(widget: QWidget) -> Iterator[str]:
    match widget:
        case ElidedLabel():
            return
        case QLabel() if widget.text():
            yield from _cut_label(widget)
        case QToolButton() | QAbstractButton() if getattr(widget, "text", str)():
            need = widget.sizeHint().width()
            if need > widget.width() + SLACK_PX and not isinstance(widget, QToolButton):
                yield f"cut: {_name(widget)} {widget.text()!r} needs {need} of {widget.width()}"
        case QTabBar():
            last = widget.tabRect(widget.count() - 1)
            if last.right() > widget.width() + SLACK_PX:
                yield f"cut: tabs of {_name(widget)}"
        case QTableView():
            yield from _cut_table(widget)
        case _:
            return


def _cut_label(label: QLabel) -> Iterator[str]:
    if label.wordWrap():
        if label.heightForWidth(label.width()) > label.height() + SLACK_PX and not _scrolls(label):
            yield f"cut below: {_name(label)} {label.text()[:60]!r}"
        return
    need = label.fontMetrics().size(int(Qt.TextFlag.TextExpandTabs), label.text())
    room = label.contentsRect()
    if need.width() > room.width() + SLACK_PX:
        yield f"cut: {_name(label)} {label.text()[:60]!r} needs {need.width()} of {room.width()}"


def _cut_table(table: QTableView) -> Iterator[str]:
    head = table.horizontalHeader()
    if not head.isVisibleTo(table):
        return
    shown = [column for column in range(head.count()) if not head.isSectionHidden(column)]
    wide = sum(head.sectionSize(column) for column in shown)
    if wide > table.viewport().width() + SLACK_PX:
        yield f"cut: columns of {_name(table)} need {wide} of {table.viewport().width()}"


def _scrolls(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def _overlaps(parent: QWidget) -> Iterator[str]:
    if isinstance(parent, (*_CLOSED, QAbstractScrollArea)) or isinstance(parent.parentWidget(), QAbstractScrollArea):
        return
    children = [
        child
        for child in parent.children()
        if isinstance(child, QWidget)
        and child.isVisibleTo(parent)
        and not child.isWindow()
        and not isinstance(child, QSplitterHandle)
        and not child.property("floats")
    ]
    inside = QRect(QPoint(), parent.size()).adjusted(-SLACK_PX, -SLACK_PX, SLACK_PX, SLACK_PX)
    for child in children:
        if not inside.contains(child.geometry()) and not child.geometry().isEmpty():
            yield f"outside: {_name(child)} of {_name(parent)}"
    for first, second in combinations(children, 2):
        common = first.geometry().intersected(second.geometry())
        if common.width() > SLACK_PX and common.height() > SLACK_PX:
            yield f"overlap: {_name(first)} and {_name(second)} by {common.width()}x{common.height()}"
