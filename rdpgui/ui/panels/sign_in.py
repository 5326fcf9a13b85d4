"""Below the banner while nobody is signed in: what is waited for, or why not, and what helps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Signal, SignalInstance
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.core.sign_in import SignInStep, Way
from rdpgui.core.state import Stale, Waits
from rdpgui.i18n import _, retell
from rdpgui.ui import formats
from rdpgui.ui.plain import one_line
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import Mark, label, set_property, set_text

_TICK_MS = 1000
_ROOM = 300
_HERE = (Way.SSO, Way.LOGIN)


class SignInBar(QFrame):
    """One cause, said once, with its remedy; while a person signs in, what there is to do in the browser.

    Signals:
        retry_requested, give_up_requested, change_requested, sign_in_requested.
    """

    retry_requested = Signal()
    give_up_requested = Signal()
    change_requested = Signal()
    sign_in_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sign_in_bar")
        self.setProperty("notice", True)
        self._waits: Waits | None = None
        self._stale: Stale | None = None
        self._step: SignInStep | None = None
        self._mark = Mark()
        self._text = label(role="strong", wrap=True, name="sign_in_text")
        self._remedy = label(role="dim", wrap=True, name="sign_in_remedy")
        self._command = label(role="mono", name="sign_in_command")
        self._code = label(name="sign_in_code")
        self._code.setProperty("code", True)
        for text in (self._command, self._code):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = (
            self._button("sign_in_copy", self._on_copy),
            self._button("sign_in_browser", self._on_browser),
            self._button("sign_in_change", self.change_requested),
            self._button("sign_in_give_up", self.give_up_requested),
            self._button("sign_in_retry", self.retry_requested),
            self._button("sign_in_here", self.sign_in_requested),
        )
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._render)
        self._render()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        for widget in (self._text, self._remedy, self._command):
            words.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(10)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._code)
        row.addLayout(words, 1)
        for button in self._buttons:
            row.addWidget(button)

    def _button(self, name: str, slot: SignalInstance | Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.clicked.connect(slot)
        return button

    # -- what is shown -----------------------------------------------------------

    def show_sign_in(self, waits: Waits | None, stale: Stale | None) -> None:
        """Render what is waited for, else why nobody is signed in; None and None: somebody is."""
        self._waits, self._stale = waits, stale
        self._begin()

    def show_step(self, step: SignInStep | None) -> None:
        """Render what a person does in the browser; None: nothing any more."""
        self._step = step
        self._begin()

    def _begin(self) -> None:
        if self._waits is None and self._step is None:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        self._render()

    @property
    def _need(self) -> Stale | None:
        """Why nobody is signed in, while nothing is being done about it."""
        return self._stale if self._waits is None and self._step is None else None

    def _render(self) -> None:
        stale, step = self._need, self._step
        need = stale.need if stale is not None else None
        command = need.command if need is not None else ""
        here = need is not None and need.way in _HERE
        busy = self._waits is not None or step is not None
        self.setVisible(busy or stale is not None)
        tone = Tone.INFO if busy else Tone.WARN
        set_property(self, "tone", tone.value)
        self._mark.show_mark("info" if busy else "warn", tone)
        set_text(self._code, step.code if step is not None else "")
        self._code.setVisible(step is not None and bool(step.code))
        set_text(self._text, self._said(), _ROOM)
        remedy = self._remedy_said()
        set_text(self._remedy, remedy, _ROOM)
        self._remedy.setVisible(bool(remedy))
        set_text(self._command, command or (step.url if step is not None else ""))
        self._command.setVisible(bool(self._command.text()) and self._command.text() not in remedy)
        browser = step is not None and _may_be_opened(step.url)
        copied = command or (step.code if step is not None else "")
        shown = (bool(copied), browser, step is None, busy, stale is not None, here)
        self._show_buttons(shown, _("Copy the code") if step is not None else _("Copy the command"))
        set_property(self._buttons[4], "primary", not here)
        set_property(self._buttons[5], "primary", True)
        set_property(self._buttons[1], "primary", True)
        self.setAccessibleName(one_line(f"{self._text.text()} {remedy}".strip()))

    def _show_buttons(self, shown: tuple[bool, ...], copy: str) -> None:
        names = (copy, _("Open the browser"), _("Change the place …"), _("Give up"), _("Retry"), _("Sign in"))
        for button, name, visible in zip(self._buttons, names, shown, strict=True):
            button.setText(name)
            button.setVisible(visible)

    def _said(self) -> str:
        if self._step is not None:
            return _("Sign in in the browser") if self._step.code else _("The sign-in goes on in the browser")
        if self._waits is not None:
            waited_s = (datetime.now(UTC) - self._waits.since_at).total_seconds()
            text = _("Waiting for {what} · {time}")
            return text.format(what=_(self._waits.what), time=formats.span(waited_s))
        return retell(self._stale.error) if self._stale is not None else ""

    def _remedy_said(self) -> str:
        step, stale = self._step, self._need
        if step is not None and step.expires_at is not None:
            left_s = (step.expires_at - datetime.now(UTC)).total_seconds()
            text = _("Approve this code there; then it goes on by itself. {time} left")
            return text.format(time=formats.span(left_s))
        if step is not None:
            return _("Finish it there; then it goes on by itself.")
        return retell(stale.remedy) if stale is not None else ""

    # -- what is done ------------------------------------------------------------

    def _on_copy(self) -> None:
        need = self._need.need if self._need is not None else None
        if self._step is not None:
            QGuiApplication.clipboard().setText(self._step.code)
        elif need is not None:
            QGuiApplication.clipboard().setText(need.command)

    def _on_browser(self) -> None:
        if self._step is not None and _may_be_opened(self._step.url):
            QDesktopServices.openUrl(QUrl(self._step.url))

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._render()
        super().changeEvent(event)


def _may_be_opened(url: str) -> bool:
    """Whether an address that somebody else named is one for a browser."""
    return QUrl(url).scheme() == "https"
