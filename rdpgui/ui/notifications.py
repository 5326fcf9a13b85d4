"""The one place where errors become visible: a bar with what happened, the remedy, details and Copy. Never modal.

Messages that come before the window exists are kept and shown when it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.core.errors import AwsError, RdpguiError
from rdpgui.core.run_summary import RunSummary
from rdpgui.i18n import _, fill, ngettext, retell
from rdpgui.ui import formats
from rdpgui.ui.plain import named, one_line, set_tip
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import Mark, label, set_property, set_text

_SHORT_MS = 6000
"""How long a good message stays; what needs a look stays until it is closed."""
_NOTICE_ROOM = 240
"""Columns of a message and of its remedy; Copy takes all of it."""
_NAMED = 3
"""Runs that cannot be shown are named one by one up to this many."""
_MARKS = {Tone.BAD: "bad", Tone.WARN: "warn", Tone.OK: "check", Tone.INFO: "info"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One message.

    Attributes:
        tone: its severity. text, remedy: sentences in the reader's language. details: for Copy and the tooltip.
    """

    tone: Tone
    text: str
    remedy: str
    details: str
    at: datetime


def notice_of(error: RdpguiError, *, task: str = "") -> Notice:
    """Return the message for an error raised on purpose."""
    lines = [f"{type(error).__name__}: {error.text()}"]
    if isinstance(error, AwsError):
        lines += [f"operation: {error.operation}", f"code: {error.code or '-'}"]
    if task:
        lines.append(f"task: {task}")
    if error.__cause__ is not None:
        lines.append(f"cause: {type(error.__cause__).__name__}: {error.__cause__}")
    return Notice(
        Tone.BAD, fill(error.template, error.fields), fill(error.remedy, error.fields), "\n".join(lines), _now()
    )


def _now() -> datetime:
    return datetime.now(UTC)


class Notifications(QObject):
    """Collects messages; the bar shows them.

    Signals:
        added: a Notice arrived.
    """

    added = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: list[Notice] = []

    @property
    def kept(self) -> tuple[Notice, ...]:
        """The last 200 messages, oldest first."""
        return tuple(self._kept)

    def error(self, error: RdpguiError, *, task: str = "") -> None:
        """Show an error."""
        self.add(notice_of(error, task=task))

    def unreadable_runs(self, lines: Sequence[RunSummary]) -> None:
        """Say which runs cannot be shown, and why; of many only how many, the history names them."""
        if len(lines) > _NAMED:
            text = ngettext("{n} run cannot be shown.", "{n} runs cannot be shown.", len(lines)).format(n=len(lines))
            self.say(Tone.WARN, text, _("The history names each with its reason."))
            return
        for line in lines:
            reason = retell(line.damage)
            self.say(Tone.WARN, _("The run {name} cannot be shown: {reason}").format(name=line.run_id, reason=reason))

    def bug(self, where: str, error: BaseException) -> None:
        """Say that something unmeant happened; the crash report is the app's business."""
        self.add(
            Notice(
                Tone.BAD,
                _("An unexpected error occurred in {where}.").format(where=where),
                _("The program goes on. Copy the details into a report."),
                f"{type(error).__name__}: {error}",
                _now(),
            )
        )

    def say(self, tone: Tone, text: str, remedy: str = "") -> None:
        """Show a translated message."""
        self.add(Notice(tone, text, remedy, "", _now()))

    def add(self, notice: Notice) -> None:
        """Show a message."""
        self._kept = [*self._kept[-199:], notice]
        self.added.emit(notice)


class NoticeBar(QFrame):
    """Shows the newest message that nobody closed yet, and how many wait behind it."""

    def __init__(self, notifications: Notifications, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice_bar")
        self.setProperty("notice", True)
        self._waiting: list[Notice] = []
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.close_current)
        self.hide()
        for notice in notifications.kept:
            self._on_added(notice)
        notifications.added.connect(self._on_added)

    def _build(self) -> None:
        self._mark = Mark()
        self._text = label(role="strong", wrap=True, name="notice_text")
        self._remedy = label(role="dim", wrap=True, name="notice_remedy")
        self._more = label(role="dim", name="notice_more")
        for text in (self._text, self._remedy):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._copy = QPushButton()
        self._copy.setObjectName("notice_copy")
        self._copy.clicked.connect(self._on_copy)
        self._close = QPushButton()
        self._close.setObjectName("notice_close")
        self._close.clicked.connect(self.close_current)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._text)
        words.addWidget(self._remedy)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(10)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(self._more)
        row.addWidget(self._copy)
        row.addWidget(self._close)
        self._retranslate()

    def _retranslate(self) -> None:
        self._copy.setText(_("Copy"))
        set_tip(self._copy, _("Copy the message with its details"))
        self._close.setText(_("Close"))

    @property
    def current(self) -> Notice | None:
        """The message shown."""
        return self._waiting[-1] if self._waiting else None

    def close_current(self) -> None:
        """Close the message shown; the one before it comes back."""
        if self._waiting:
            self._waiting.pop()
        self._render()

    def forget(self) -> None:
        """Close every message: what they speak of is left."""
        self._waiting = []
        self._render()

    def _on_added(self, notice: Notice) -> None:
        current = self.current
        if current is not None and current.tone is Tone.OK:
            self._waiting.pop()
        self._waiting = [n for n in self._waiting if (n.text, n.remedy) != (notice.text, notice.remedy)]
        self._waiting.append(notice)
        self._render()

    def _render(self) -> None:
        notice = self.current
        self._timer.stop()
        self.setVisible(notice is not None)
        if notice is None:
            return
        set_property(self, "tone", notice.tone.value)
        self._mark.show_mark(_MARKS.get(notice.tone, "info"), notice.tone)
        set_text(self._text, notice.text, _NOTICE_ROOM)
        set_text(self._remedy, notice.remedy, _NOTICE_ROOM)
        self._remedy.setVisible(bool(notice.remedy))
        set_tip(self, notice.details)
        self.setAccessibleName(one_line(f"{notice.text} {notice.remedy}".strip()))
        older = len(self._waiting) - 1
        self._more.setVisible(older > 0)
        set_text(self._more, ngettext("{n} more", "{n} more", older).format(n=older))
        if notice.tone in (Tone.OK, Tone.INFO):
            self._timer.start(_SHORT_MS)

    def _on_copy(self) -> None:
        notice = self.current
        if notice is not None:
            when = formats.day_clock(notice.at)
            text = "\n".join(part for part in (when, notice.text, notice.remedy, notice.details) if part)
            QGuiApplication.clipboard().setText(named(text))

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._render()
        super().changeEvent(event)
