"""The row below two compared films: one set of buttons for both, and what they are aligned at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from typing_extensions import override

from rdpgui.i18n import N_, _
from rdpgui.ui.plain import set_tip
from rdpgui.ui.player.compare_clock import Anchor
from rdpgui.ui.player.transport_icons import Sign, sign_icon
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.small import label, set_text

RATES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_WORDS = {
    Anchor.DISRUPTION: N_("the disruption"),
    Anchor.SESSION_END: N_("the end of the session"),
    Anchor.FILM_END: N_("the last frame"),
}
_BUTTONS = (
    ("compare_first", Sign.FIRST, N_("Begin of both films (Home)")),
    ("compare_back", Sign.BACK, N_("The change before in either film (, or ←)")),
    ("compare_play", Sign.PLAY, N_("Play or pause both (Space)")),
    ("compare_forward", Sign.FORWARD, N_("The next change in either film (. or →)")),
    ("compare_last", Sign.LAST, N_("End of both films (End)")),
)


class CompareControls(QWidget):
    """Buttons, speed, alignment.

    Signals:
        first, back, play_pause, forward, last: a button was pressed.
        rate_chosen: a speed. anchor_chosen: another alignment.
    """

    first = Signal()
    back = Signal()
    play_pause = Signal()
    forward = Signal()
    last = Signal()
    rate_chosen = Signal(float)
    anchor_chosen = Signal()

    def __init__(self, anchors: Sequence[Anchor], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare_controls")
        self._anchors = tuple(anchors)
        self._playing = False
        self._loaded = False
        self._buttons = [QPushButton(self) for _button in _BUTTONS]
        self._rate = Choice()
        self._rate.setObjectName("compare_rate")
        self._rate.addItems([f"{rate:g}×" for rate in RATES])
        self._rate.setCurrentIndex(RATES.index(1.0))
        self._rate.setFixedWidth(84)
        self._anchor_label = label(role="dim")
        self._anchor = Choice()
        self._anchor.setObjectName("compare_anchor")
        self._anchor.addItems([""] * len(self._anchors))
        self._anchor_label.setBuddy(self._anchor)
        self._time = label(role="mono", name="compare_time")
        self._lay_out()
        self._rate.currentIndexChanged.connect(self._on_rate)
        self._anchor.currentIndexChanged.connect(self.anchor_chosen)
        self.set_loaded(loaded=False)
        self.retranslate()

    @property
    def anchor(self) -> Anchor | None:
        """What the films are aligned at, None when they cannot be."""
        return self._anchors[self._anchor.currentIndex()] if self._anchors else None

    def anchor_words(self) -> dict[Anchor, str]:
        """Return the words for the anchors in the language in use."""
        return {anchor: _(word) for anchor, word in _WORDS.items()}

    def set_loaded(self, *, loaded: bool) -> None:
        """Enable what can be done with the films."""
        self._loaded = loaded
        for widget in (*self._buttons, self._rate):
            widget.setEnabled(loaded)
        self._anchor.setEnabled(len(self._anchors) > 1)

    def show_playing(self, playing: bool) -> None:
        """Show what the middle button does next."""
        self._playing = playing
        self._show_signs()

    def show_time(self, text: str) -> None:
        """Show where the common clock stands."""
        set_text(self._time, text)

    def retranslate(self) -> None:
        """Show all texts in the language in use."""
        for button, (_name, _sign, text) in zip(self._buttons, _BUTTONS, strict=True):
            set_tip(button, _(text))
            button.setAccessibleName(_(text))
        set_tip(self._rate, _("Speed (J backwards, L forwards, again for faster)"))
        self._rate.setAccessibleName(_("Speed"))
        words = self.anchor_words()
        for place, anchor in enumerate(self._anchors):
            self._anchor.setItemText(place, words[anchor])
        self._anchor_label.setText(_("Aligned at") if self._anchors else _("Nothing to align"))
        self._anchor.setVisible(bool(self._anchors))
        self._anchor.setAccessibleName(_("Aligned at"))
        set_tip(self._time, _("Seconds from the instant at which the films are aligned"))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        signals = (self.first, self.back, self.play_pause, self.forward, self.last)
        for button, (name, _sign, _text), signal in zip(self._buttons, _BUTTONS, signals, strict=True):
            button.setObjectName(name)
            button.setIconSize(QSize(16, 16))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addWidget(self._rate)
        row.addSpacing(10)
        row.addWidget(self._anchor_label)
        row.addWidget(self._anchor)
        row.addStretch(1)
        row.addWidget(self._time)
        self._show_signs()

    def _show_signs(self) -> None:
        for button, (_name, sign, _text) in zip(self._buttons, _BUTTONS, strict=True):
            button.setIcon(sign_icon(Sign.PAUSE if sign is Sign.PLAY and self._playing else sign))

    def _on_rate(self) -> None:
        self.rate_chosen.emit(RATES[self._rate.currentIndex()])

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_signs()
        super().changeEvent(event)
