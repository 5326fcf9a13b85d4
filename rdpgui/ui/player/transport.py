"""The row of buttons below the film."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from typing_extensions import override

from rdpgui.i18n import N_, _
from rdpgui.ui.plain import set_tip, told_tip
from rdpgui.ui.player.transport_icons import Sign, sign_icon
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.small import label, set_property, set_text

RATES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_NORMAL = RATES.index(1.0)
_LOOP_PX = 1000
_WIDE_PX = 810
_ROOMY_PX = 650
_NARROWEST_PX = 430
_TOOLTIPS = {
    "film_first": N_("First frame (Home)"),
    "film_back": N_("One frame back (, or ←)"),
    "film_play": N_("Play or pause (Space)"),
    "film_forward": N_("One frame on (. or →)"),
    "film_last": N_("Last frame (End)"),
    "film_skip_idle": N_("Skip stretches in which nothing changes (I)"),
    "film_loop": N_("Loop: [ sets its begin, ] its end; press to clear"),
    "film_snapshot": N_("Save the shown frame as PNG (S)"),
    "film_full_screen": N_("Full screen (F, Esc ends it)"),
}


class Transport(QWidget):
    """Buttons, speed and switches.

    Signals:
        first, back, play_pause, forward, last, loop_cleared, snapshot, full_screen: a button was pressed.
        rate_chosen: a speed. skip_idle_changed: the switch.
    """

    first = Signal()
    back = Signal()
    play_pause = Signal()
    forward = Signal()
    last = Signal()
    loop_cleared = Signal()
    snapshot = Signal()
    full_screen = Signal()
    rate_chosen = Signal(float)
    skip_idle_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playing = False
        self._loop_times = ""
        self._first = self._button("film_first")
        self._back = self._button("film_back")
        self._play = self._button("film_play")
        self._forward = self._button("film_forward")
        self._last = self._button("film_last")
        self._skip = self._button("film_skip_idle")
        self._skip.setCheckable(True)
        self._loop = self._button("film_loop")
        self._snapshot = self._button("film_snapshot")
        self._full = self._button("film_full_screen")
        self._rate = Choice()
        self._rate.setObjectName("film_rate")
        self._rate.addItems([f"{rate:g}×" for rate in RATES])
        self._rate.setCurrentIndex(_NORMAL)
        self._rate.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._rate.setFixedWidth(78)
        self._time = label(role="mono", name="film_time")
        self._lay_out()
        self._connect()
        self.show_loop("")
        self.retranslate()

    @property
    def rate(self) -> float:
        """The chosen speed."""
        return RATES[self._rate.currentIndex()]

    @property
    def skip_idle(self) -> bool:
        """Whether idle stretches are skipped."""
        return self._skip.isChecked()

    def step_rate(self, places: int) -> None:
        """Choose the next faster or slower speed."""
        at = self._rate.currentIndex() + places
        self._rate.setCurrentIndex(min(max(0, at), len(RATES) - 1))

    def reset_rate(self) -> None:
        """Choose the film's own speed."""
        self._rate.setCurrentIndex(_NORMAL)

    def toggle_skip_idle(self) -> None:
        """Turn the switch."""
        self._skip.toggle()

    def show_playing(self, playing: bool) -> None:
        """Show what the middle button does next."""
        if playing != self._playing:
            self._playing = playing
            self._show_signs()

    def show_time(self, text: str) -> None:
        """Show how far the film is."""
        set_text(self._time, text)

    def set_film(self, *, loaded: bool, idle: bool) -> None:
        """Enable what can be done with the film; ``idle`` when it has stretches to skip."""
        self.setEnabled(loaded)
        self._skip.setEnabled(idle)

    def show_loop(self, text: str) -> None:
        """Show the loop's times; empty hides it."""
        self._loop_times = text
        self._loop.setVisible(bool(text))
        self.retranslate()

    def retranslate(self) -> None:
        """Show all texts in the language in use."""
        self._fit()
        for name, text in _TOOLTIPS.items():
            button = self.findChild(QPushButton, name)
            if button is not None:
                set_tip(button, _(text))
                button.setAccessibleName(_(text))
        if self._loop_times:
            set_tip(self._loop, f"{self._loop_times}\n{told_tip(self._loop)}")
        set_tip(self._rate, _("Speed (J slower, L faster)"))
        self._rate.setAccessibleName(_("Speed"))

    def _button(self, name: str) -> QPushButton:
        made = QPushButton(self)
        made.setObjectName(name)
        made.setIconSize(QSize(16, 16))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the film
        return made

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self._first, self._back, self._play, self._forward, self._last, self._rate, self._skip):
            row.addWidget(widget)
        row.addWidget(self._loop)
        row.addStretch(1)
        row.addWidget(self._time)
        row.addWidget(self._snapshot)
        row.addWidget(self._full)
        self._show_signs()

    def _connect(self) -> None:
        for button, signal in (
            (self._first, self.first),
            (self._back, self.back),
            (self._play, self.play_pause),
            (self._forward, self.forward),
            (self._last, self.last),
            (self._loop, self.loop_cleared),
            (self._snapshot, self.snapshot),
            (self._full, self.full_screen),
        ):
            button.clicked.connect(signal)
        self._skip.toggled.connect(self.skip_idle_changed)
        self._rate.currentIndexChanged.connect(self._on_rate)

    def _on_rate(self) -> None:
        self.rate_chosen.emit(self.rate)

    def _fit(self) -> None:
        """Leave out what the signs already say where the row is narrow; where it is narrower still, signs only."""
        wide, roomy = self.width() >= _WIDE_PX, self.width() >= _ROOMY_PX
        for button, text, sign in (
            (self._skip, _("Skip idle"), Sign.SKIP_IDLE),
            (self._snapshot, _("Save still"), Sign.SNAPSHOT),
            (self._full, _("Full screen"), Sign.FULL_SCREEN),
        ):
            button.setText(text if roomy else "")
            button.setIcon(QIcon() if roomy else sign_icon(sign))
        for each in self.findChildren(QPushButton):
            if each.property("compact") is not (not roomy):
                set_property(each, "compact", not roomy)
                each.updateGeometry()  # another style is another width, which only another text would tell
        self._back.setText(_("Frame") if wide else "")
        self._forward.setText(_("Frame") if wide else "")
        self._last.setText(_("Last") if wide else "")
        self._loop.setText(self._loop_times if self.width() >= _LOOP_PX else "A–B")
        self._time.setVisible(wide)

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the width of the buttons that always stay."""
        return QSize(_NARROWEST_PX, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave words out where they do not fit."""
        super().resizeEvent(event)
        self._fit()

    def _show_signs(self) -> None:
        self._first.setIcon(sign_icon(Sign.FIRST))
        self._back.setIcon(sign_icon(Sign.BACK))
        self._play.setIcon(sign_icon(Sign.PAUSE if self._playing else Sign.PLAY))
        self._forward.setIcon(sign_icon(Sign.FORWARD))
        self._last.setIcon(sign_icon(Sign.LAST))
        self._fit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another theme's colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._show_signs()
        super().changeEvent(event)
