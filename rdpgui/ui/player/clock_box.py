"""The film on the wall clock: go to a time, the zone of all times shown, and a person's correction."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLineEdit, QWidget
from typing_extensions import override

from rdpgui.i18n import _
from rdpgui.ui import formats
from rdpgui.ui.plain import set_tip
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.theme import mono_font
from rdpgui.ui.widgets.small import label, set_property, set_text

OFFSET_STEP_S = 0.1
_OFFSET_LIMIT_S = 86_400.0
_SETTLED_AFTER_MS = 700
"""Steps pressed in a row are one correction."""


class OffsetField(QDoubleSpinBox):
    """Seconds with their sign, such as -0.30."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("film_offset")
        self.setLocale(QLocale.c())
        self.setRange(-_OFFSET_LIMIT_S, _OFFSET_LIMIT_S)
        self.setDecimals(2)
        self.setSingleStep(OFFSET_STEP_S)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFont(mono_font())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only with the focus, so that scrolling past changes nothing."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # scrolling past must not be recorded as a correction

    @override
    def textFromValue(self, value: float) -> str:
        """Return the offset with its sign."""
        return f"{value + 0.0:+.2f}"  # no "-0.00"


class ClockBox(QWidget):
    """One row: the field for a time, the zone, the offset.

    Attributes:
        jump: the field for a time. offset: the field for the correction.

    Signals:
        seek_requested: film time that was typed. not_a_time: what was typed is none.
        offset_changed: the correction in seconds, at once. offset_settled: the same, when nothing changed for a while.
        left: the keys go back to the film.
    """

    seek_requested = Signal(float)
    not_a_time = Signal()
    offset_changed = Signal(float)
    offset_settled = Signal(float)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = FilmClock(None, 0.0)
        self.jump = QLineEdit()
        self.jump.setObjectName("film_jump")
        self.jump.setFont(mono_font())
        self.jump.setFixedWidth(self.jump.fontMetrics().horizontalAdvance("00:00:00.000") + 26)
        self._zone = label(role="dim", name="film_zone")
        self._offset_label = label(role="dim", name="film_offset_label")
        self.offset = OffsetField()
        self.offset.setFixedWidth(self.offset.fontMetrics().horizontalAdvance("-000.00 s") + 44)
        self.offset.setFixedHeight(self.jump.sizeHint().height())
        self._offset_label.setBuddy(self.offset)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self._offset_label, self.offset, self.jump, self._zone):
            row.addWidget(widget)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_AFTER_MS)
        self._settled.timeout.connect(self._on_settled)
        self.jump.returnPressed.connect(self._on_jump)
        self.offset.valueChanged.connect(self._on_offset)
        self.offset.lineEdit().returnPressed.connect(self.left)
        self.retranslate()

    @property
    def pending(self) -> bool:
        """Whether a correction was not told yet as settled."""
        return self._settled.isActive()

    def set_film(self, clock: FilmClock | None) -> None:
        """Take another film's clock; None for no film. A correction under way is told first."""
        self.settle()
        self.jump.clear()
        set_property(self.jump, "tone", "")
        self.jump.setEnabled(clock is not None)
        self.set_clock(clock or FilmClock(None, 0.0))

    def set_clock(self, clock: FilmClock) -> None:
        """Show the film's clock."""
        self._clock = clock
        known = clock.starts_at is not None
        for widget in (self._zone, self._offset_label, self.offset):
            widget.setVisible(known)
        set_text(self._zone, formats.zone(clock.starts_at) if known else "")
        with QSignalBlocker(self.offset):
            self.offset.setValue(clock.adjusted_s)
        set_property(self.offset, "changed", bool(clock.adjusted_s))

    def step_offset(self, steps: int) -> None:
        """Move the film on the clock by some steps."""
        if self._clock.starts_at is not None:
            self.offset.setValue(self.offset.value() + steps * OFFSET_STEP_S)

    def settle(self) -> None:
        """Tell a correction that is under way now, also one that was typed without Return."""
        self.offset.interpretText()
        if self.pending:
            self._settled.stop()
            self._on_settled()

    def retranslate(self) -> None:
        """Show all texts in the language in use."""
        self.jump.setPlaceholderText(_("Go to time"))
        set_tip(self.jump, _("Wall clock, such as 14:03:06.8, or +12.5 for seconds from the film's start"))
        self.jump.setAccessibleName(_("Go to a clock time"))
        set_tip(self._zone, _("All times of the film are shown in this zone"))
        tip = _("Moves the film on the clock (Ctrl+[ and Ctrl+]). Kept with the run; the verdict does not use it.")
        self._offset_label.setText(_("Offset"))
        set_tip(self._offset_label, tip)
        self.offset.setSuffix(_("{n} s").format(n=""))
        set_tip(self.offset, tip)
        self.offset.setAccessibleName(_("Offset of the film's clock in seconds"))

    def _on_jump(self) -> None:
        at_s = self._clock.parse(self.jump.text())
        set_property(self.jump, "tone", "" if at_s is not None else "bad")
        if at_s is not None:
            self.seek_requested.emit(at_s)
            self.left.emit()
        else:
            self.not_a_time.emit()

    def _on_offset(self, value_s: float) -> None:
        value_s = round(value_s, 2)
        set_property(self.offset, "changed", bool(value_s))
        self._settled.start()
        self.offset_changed.emit(value_s)

    def _on_settled(self) -> None:
        self.offset_settled.emit(round(self.offset.value(), 2))
