"""A widget that lies over others instead of pushing them aside."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from typing_extensions import override

_WIDEST_PX = 780
_SIDE_PX = 16
_BELOW_PX = 6
_MOVES = (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.LayoutRequest)


class Floating(QObject):
    """Keeps a widget in the middle below another one, above everything else, as high as its words need.

    Args:
        widget: what floats. over: what it lies on. below: a child of that.
    """

    def __init__(self, widget: QWidget, over: QWidget, below: QWidget) -> None:
        super().__init__(widget)
        self._widget, self._over, self._below = widget, over, below
        shown = not widget.isHidden()
        widget.setParent(over)
        widget.setVisible(shown)
        for watched in (widget, over):
            watched.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what it lies on, and its own words."""
        if event.type() in _MOVES and not self._widget.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        widget, layout = self._widget, self._widget.layout()
        width = min(_WIDEST_PX, self._over.width() - 2 * _SIDE_PX)
        height = layout.totalHeightForWidth(width) if layout is not None and layout.hasHeightForWidth() else 0
        height = max(height, widget.minimumSizeHint().height())
        left, top = (self._over.width() - width) // 2, self._below.geometry().bottom() + _BELOW_PX
        widget.setGeometry(left, top, width, height)
        widget.raise_()
