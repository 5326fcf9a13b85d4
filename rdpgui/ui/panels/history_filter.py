"""What narrows the history: a place, the archive, words."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from rdpgui.core.place import place_from_key
from rdpgui.core.plain import one_line
from rdpgui.core.run_summary import RunSummary
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.icons import icon
from rdpgui.ui.theme import tokens
from rdpgui.ui.widgets.choice import Choice

_PLACE_PX = 260
"""Of the choice of a place: an account and a Region, whole."""

_SEARCH_PX = 280


class HistoryFilter(QWidget):
    """Choice of a place, whether the archive is shown, and a field for words.

    Attributes:
        place, archived, search: the three of them.

    Signals:
        changed: another place, or the archive or not.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: list[str | None] = [None]
        self.place = Choice()
        self.place.setObjectName("history_place")
        self.place.setMaximumWidth(_PLACE_PX)
        self.place.currentIndexChanged.connect(self.changed)
        self.archived = QCheckBox()
        self.archived.setObjectName("history_archived")
        self.archived.toggled.connect(self.changed)
        self.search = QLineEdit()
        self.search.setObjectName("history_search")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(_SEARCH_PX)
        self._search_icon = self.search.addAction(
            icon("search", tokens().dim), QLineEdit.ActionPosition.LeadingPosition
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.place, self.archived, self.search):
            row.addWidget(widget)
        self.retranslate()

    def lets_through(self, line: RunSummary) -> bool:
        """Whether a run is of the chosen place, and in the archive only when that is asked for."""
        key = self.place.currentData()
        return (key is None or line.place == key) and (self.archived.isChecked() or not line.archived)

    def offer_places(self, lines: Iterable[RunSummary]) -> None:
        """Offer every place of which there are runs; the chosen one stays chosen as long as it has some."""
        keys = [None, *sorted({line.place for line in lines})]
        if keys != self._keys:
            self._keys = keys
            self._fill()

    def _fill(self) -> None:
        chosen, was = self.place.currentData(), self.place.blockSignals(True)
        self.place.clear()
        for key in self._keys:
            place = place_from_key(key or "")
            unnamed = _("All places") if key is None else _("place not recorded")
            name = labels.place_name(place, lab=place.lab) if place is not None else unnamed
            self.place.addItem(one_line(name), key)
        self.place.setCurrentIndex(self._keys.index(chosen) if chosen in self._keys else 0)
        self.place.blockSignals(was)

    def restyle(self) -> None:
        """Take over another theme's colours."""
        self._search_icon.setIcon(icon("search", tokens().dim))

    def retranslate(self) -> None:
        """Show everything in the language in use."""
        self.search.setPlaceholderText(_("Filter by disruption, instance, verdict"))
        self.search.setAccessibleName(_("Filter the runs"))
        self.archived.setText(_("Show archived"))
        self.place.setAccessibleName(_("Place"))
        self._fill()
