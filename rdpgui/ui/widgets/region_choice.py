"""A choice of a Region: those that are known, with the places that people know them by, and any other by its name."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from rdpgui.core.ids import Region
from rdpgui.core.regions import PLACES, RegionOptIn
from rdpgui.i18n import _
from rdpgui.ui.widgets.choice import Choice


class RegionChoice(Choice):
    """Every Region of every partition, and none.

    Args:
        region: the one that is chosen at first, empty for none.
    """

    def __init__(self, region: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._closed: frozenset[str] = frozenset()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.addItem("", "")
        for code in PLACES:
            self.addItem(self._text(code), code)
        edit = self.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(_("as in the profile"))
        at = self.findData(region)
        self.setCurrentIndex(max(at, 0))
        if at < 0:
            self.setEditText(region)

    @property
    def region(self) -> str:
        """Return the name of the Region, or what was typed in its place."""
        text = self.currentText().strip()
        at = self.findText(text)
        return str(self.itemData(at)) if at >= 0 else text

    @property
    def is_closed(self) -> bool:
        """Whether the account may not use the Region; False where that is not known."""
        return self.region in self._closed

    def show_opt_in(self, regions: Mapping[Region, RegionOptIn]) -> None:
        """Mark what the account may not use, and add what is newer than this program; empty: nothing is known."""
        self._closed = frozenset(code for code, word in regions.items() if word is RegionOptIn.NOT_OPTED_IN)
        for code in regions:
            if self.findData(code) < 0:
                self.addItem(self._text(code), code)
        for at in range(1, self.count()):
            text = self._text(str(self.itemData(at)))
            if text != self.itemText(at):
                self.setItemText(at, text)

    def _text(self, code: str) -> str:
        place = _(PLACES[code]) if code in PLACES else ""
        closed = _("not enabled") if code in self._closed else ""
        return "   ".join(part for part in (code, place, closed) if part)
