"""The plots on screen; what they say is there as text, too."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.i18n import _
from rdpgui.ui.accessible import tell_as
from rdpgui.ui.plain import visible
from rdpgui.ui.plots.strip import Plot, height_of, numbers, paint
from rdpgui.ui.theme import tokens

_LEAST_WIDTH_PX = 620


class PlotView(QWidget):
    """Paints plots below each other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("repeat_plots")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tell_as(self, "chart")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._plots: tuple[Plot, ...] = ()
        self.setAccessibleName(_("Distributions"))

    @property
    def plots(self) -> tuple[Plot, ...]:
        """What is shown."""
        return self._plots

    def show_plots(self, plots: tuple[Plot, ...]) -> None:
        """Render."""
        said = visible("\n".join(_told(plot) for plot in plots))  # names may be invented ones now
        if plots != self._plots or said != self.accessibleDescription():
            self._plots = plots
            self.setAccessibleName("; ".join(plot.title for plot in plots) or _("Distributions"))
            self.setAccessibleDescription(said)
            self.updateGeometry()
            self.update()

    @override
    def sizeHint(self) -> QSize:
        """As high as all rows."""
        return QSize(_LEAST_WIDTH_PX, round(height_of(self._plots)) if self._plots else 0)

    @override
    def minimumSizeHint(self) -> QSize:
        """As high as all rows."""
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        if self._plots:
            paint(QPainter(self), QRectF(self.rect()), self._plots, tokens())

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another theme's colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


def _told(plot: Plot) -> str:
    rows = (f"{series.name}: {', '.join(numbers(series))}" for series in plot.series)
    return f"{plot.title}. {'. '.join(rows)}"
