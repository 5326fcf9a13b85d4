"""Below the banner while nobody is signed in: what is waited for, or why not, and what helps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.core.state import Stale, Waits
from rdpgui.i18n import _, retell
from rdpgui.ui import formats
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import Mark, label, set_property, set_text

_TICK_MS = 1000
_ROOM = 300


class SignInBar(QFrame):
    """One cause, said once, with its remedy.

    Signals:
        retry_requested, give_up_requested, change_requested.
    """

    retry_requested = Signal()
    give_up_requested = Signal()
    change_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sign_in_bar")
        self.setProperty("notice", True)
        self._waits: Waits | None = None
        self._stale: Stale | None = None
        self._mark = Mark()
        self._text = label(role="strong", wrap=True, name="sign_in_text")
        self._remedy = label(role="dim", wrap=True, name="sign_in_remedy")
        self._command = label(role="mono", name="sign_in_command")
        self._command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QVBoxLayout()
        words.setSpacing(1)
        for widget in (self._text, self._remedy, self._command):
            words.addWidget(widget)
        self._copy = self._button("sign_in_copy", self._on_copy)
        self._retry = self._button("sign_in_retry", self.retry_requested)
        self._retry.setProperty("primary", True)
        self._give_up = self._button("sign_in_give_up", self.give_up_requested)
        self._change = self._button("sign_in_change", self.change_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(10)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        for button in (self._copy, self._change, self._give_up, self._retry):
            row.addWidget(button)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._render)
        self._render()

    def _button(self, name: str, slot: SignalInstance | Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.clicked.connect(slot)
        return button

    def show_sign_in(self, waits: Waits | None, stale: Stale | None) -> None:
        """Render what is waited for, else why nobody is signed in; None and None: somebody is."""
        self._waits, self._stale = waits, stale
        if waits is None:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        self._render()

    def _render(self) -> None:
        waits, stale = self._waits, self._stale
        command = stale.need.command if waits is None and stale is not None and stale.need is not None else ""
        self.setVisible(waits is not None or stale is not None)
        tone = Tone.INFO if waits is not None else Tone.WARN
        set_property(self, "tone", tone.value)
        self._mark.show_mark("info" if waits is not None else "warn", tone)
        set_text(self._text, self._said(), _ROOM)
        remedy = retell(stale.remedy) if waits is None and stale is not None else ""
        set_text(self._remedy, remedy, _ROOM)
        self._remedy.setVisible(bool(remedy))
        set_text(self._command, command)
        self._command.setVisible(bool(command))
        self._copy.setText(_("Copy the command"))
        self._copy.setVisible(bool(command))
        self._retry.setText(_("Retry"))
        self._retry.setVisible(waits is None)
        self._give_up.setText(_("Give up"))
        self._give_up.setVisible(waits is not None)
        self._change.setText(_("Change the place …"))
        self.setAccessibleName(f"{self._text.text()} {remedy}".strip())

    def _said(self) -> str:
        if self._waits is not None:
            waited_s = (datetime.now(UTC) - self._waits.since_at).total_seconds()
            text = _("Waiting for {what} · {time}")
            return text.format(what=_(self._waits.what), time=formats.span(waited_s))
        return retell(self._stale.error) if self._stale is not None else ""

    def _on_copy(self) -> None:
        if self._stale is not None and self._stale.need is not None:
            QGuiApplication.clipboard().setText(self._stale.need.command)

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._render()
        super().changeEvent(event)
