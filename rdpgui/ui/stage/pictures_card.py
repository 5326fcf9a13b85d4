"""The console pictures of a run that is over, each with the frame of the film that shows the same."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout
from typing_extensions import override

from rdpgui.i18n import N_, _
from rdpgui.ui.stage.live_picture import LivePicture, StageWords
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import flat_button, label, set_text


class PicturesCard(Card):
    """One picture at a time, beside the film.

    Signals:
        opened: the card is shown. stepped: -1 or 1.
    """

    opened = Signal()
    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__(N_("Console pictures"), "pictures_panel")
        self.picture = LivePicture("console_picture")
        self._taken = label(role="strong", wrap=True, name="picture_taken")
        self._where = label(role="dim", wrap=True, name="picture_where")
        self._back = flat_button("◀", "picture_back")
        self._back.clicked.connect(self._on_back)
        self._on = flat_button("▶", "picture_on")
        self._on.clicked.connect(self._on_on)
        self._count = label(role="dim", name="picture_count")
        row = QHBoxLayout()
        row.addWidget(self._back)
        row.addWidget(self._count)
        row.addWidget(self._on)
        row.addStretch(1)
        self.body.addWidget(self.picture)
        self.body.addWidget(self._taken)
        self.body.addWidget(self._where)
        self.body.addLayout(row)
        self._retranslate_own()

    def show_picture(self, image: QImage, *, lab: bool) -> None:
        """Show a picture; a null one for none."""
        self.picture.show_image(image)
        self.picture.set_lab(lab)
        self.show_lab(lab)

    def show_words(self, taken: str, where: str, place: int, count: int) -> None:
        """Say when it was taken and where the film shows the same; ``place`` from 0, of ``count``."""
        set_text(self._taken, taken)
        set_text(self._where, where)
        set_text(self._count, f"{place + 1} / {count}")
        self._back.setEnabled(place > 0)
        self._on.setEnabled(place + 1 < count)
        self.picture.show_words(StageWords())
        self.picture.setAccessibleDescription(f"{taken} {where}")

    def _on_back(self) -> None:
        self.stepped.emit(-1)

    def _on_on(self) -> None:
        self.stepped.emit(1)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a screen's shape."""
        super().resizeEvent(event)
        self.picture.setFixedHeight(max(1, self.picture.width() * 9 // 16))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it is looked at."""
        super().showEvent(event)
        self.opened.emit()

    def _retranslate_own(self) -> None:
        self._back.setAccessibleName(_("The picture before"))
        self._on.setAccessibleName(_("The next picture"))
        self.picture.setAccessibleName(_("Console picture"))

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._retranslate_own()
