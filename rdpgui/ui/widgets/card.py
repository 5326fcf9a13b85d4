"""The rounded card that holds a panel: a title, a place on the right of it, a body."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.i18n import _
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import ElidedLabel, label, pill, set_text

_SIDE = 11
"""Between a card's border and what is in it."""


class Card(QFrame):
    """A panel's frame.

    Args:
        title: English message id. object_name: for tests and style.

    Attributes:
        head: layout of the header, for widgets right of the title. body: layout for the content.
        subtitle: quiet text right after the title. lab_mark: shown on what is of the lab.
    """

    def __init__(self, title: str, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setProperty("card", True)
        self._title_id = title
        self.title = label(_(title), "title")
        self.subtitle = ElidedLabel(role="dim")
        self.lab_mark = pill("LAB", Tone.LAB, f"{object_name}_lab")
        self.lab_mark.hide()
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.head.addWidget(self.title)
        self.head.addWidget(self.lab_mark)
        self.head.addWidget(self.subtitle, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(_SIDE, 9, _SIDE, 10)
        outer.setSpacing(7)
        outer.addLayout(self.head)
        outer.addLayout(self.body, 1)
        self.setAccessibleName(_(title))

    def set_title(self, title: str) -> None:
        """Show another title; an English message id."""
        self._title_id = title
        set_text(self.title, _(title))
        self.setAccessibleName(_(title))

    def show_subtitle(self, text: str) -> None:
        """Show a quiet text right after the title."""
        self.subtitle.set_whole(text)

    def show_lab(self, lab: bool) -> None:
        """Mark what is shown as the lab's, or not."""
        self.lab_mark.setVisible(lab)

    def room_for_subtitle(self) -> int:
        """Return how many pixels the header leaves beside its other widgets, as they are now."""
        items = [self.head.itemAt(place) for place in range(self.head.count())]
        widgets = [item.widget() for item in items if item is not None]
        others = [each for each in widgets if each is not None and each is not self.subtitle and not each.isHidden()]
        return (
            self.contentsRect().width()
            - 2 * _SIDE
            - sum(each.sizeHint().width() + self.head.spacing() for each in others)
        )

    def retranslate(self) -> None:
        """Show all texts in the language in use; panels extend it."""
        self.set_title(self._title_id)

    def restyle(self) -> None:
        """Take over another colour set where colours are baked into icons; panels extend it."""

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another language or theme."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.StyleChange:
            self.restyle()
        super().changeEvent(event)
