"""Cards that fold: an arrow before the title folds one away, a chip in a bar brings it back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget
from typing_extensions import override

from rdpgui.i18n import _
from rdpgui.ui.icons import icon
from rdpgui.ui.plain import set_tip
from rdpgui.ui.theme import sans_font, tokens
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.flow import FlowLayout

_ARROW_PX = 8
_ARROW_ROOM_PX = (10, 24)
_CHIP_ICON_PX = 11
_MOVES = (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show)
_GAP = 5


class _Arrow(QToolButton):
    """In the margin before a card's title, so that no header has less room for it; folds the card."""

    def __init__(self, card: Card) -> None:
        super().__init__(card)
        self._card = card
        self.setObjectName(f"{card.objectName()}_fold")
        self.setProperty("arrow", True)
        self.setIconSize(QSize(_ARROW_PX, _ARROW_PX))
        self.setFixedSize(*_ARROW_ROOM_PX)
        card.installEventFilter(self)
        self._dress()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside the title."""
        if watched is self._card and event.type() in _MOVES:
            title = self._card.title.geometry()
            self.move(1, title.center().y() - self.height() // 2)
        return super().eventFilter(watched, event)

    def _dress(self) -> None:
        self.setIcon(icon("fold", tokens().dim))
        name = _("Fold: {card}").format(card=self._card.title.text())
        self.setAccessibleName(name)
        set_tip(self, name)

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another theme or language."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange) and hasattr(self, "_card"):
            self._dress()
        super().changeEvent(event)


class FoldBar(QWidget):
    """Chips of the cards that are folded, and the way back to choosing.

    Signals:
        opened: a card's chip was pressed (its object name). folded: a card's arrow was.
        choose_requested: the person wants to choose the next run.
    """

    opened = Signal(str)
    folded = Signal(str)
    choose_requested = Signal()

    def __init__(self, cards: Sequence[Card], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fold_bar")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._cards = {card.objectName(): card for card in cards}
        self._chips: dict[str, QPushButton] = {}
        flow = FlowLayout(self, _GAP)
        self._choose = QPushButton()
        self._choose.setObjectName("choose_next")
        self._choose.setProperty("chip", True)
        self._choose.setFont(sans_font(scale=0.92, bold=True))
        self._choose.clicked.connect(self.choose_requested)
        flow.addWidget(self._choose)
        for name, card in self._cards.items():
            arrow = _Arrow(card)
            arrow.clicked.connect(partial(self.folded.emit, name))
            chip = QPushButton()
            chip.setObjectName(f"{name}_chip")
            chip.setProperty("chip", True)
            chip.setIconSize(QSize(_CHIP_ICON_PX, _CHIP_ICON_PX))
            chip.setFont(sans_font(scale=0.92))
            chip.clicked.connect(partial(self.opened.emit, name))
            flow.addWidget(chip)
            self._chips[name] = chip
        self.show_folded(frozenset(), choose=False)
        self._dress()

    def show_folded(self, names: frozenset[str], *, choose: bool) -> None:
        """Show the chips of these cards; ``choose``: and the way back to choosing."""
        for name, chip in self._chips.items():
            chip.setVisible(name in names)
        self._choose.setVisible(choose)
        self.setVisible(bool(names) or choose)
        self.updateGeometry()

    def _dress(self) -> None:
        for name, chip in self._chips.items():
            title = self._cards[name].title.text()
            chip.setText(title)
            chip.setIcon(icon("unfold", tokens().dim))
            chip.setAccessibleName(_("Show: {card}").format(card=title))
        self._choose.setText(_("Choose the next run"))

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another theme or language."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange) and hasattr(self, "_choose"):
            self._dress()
        super().changeEvent(event)
