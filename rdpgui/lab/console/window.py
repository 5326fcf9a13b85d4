"""The console's window: LAB banner, desktop, state of the connection, hint."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.lab.console.config import ConsoleConfig
from rdpgui.lab.console.link import DesktopLink
from rdpgui.lab.console.texts import texts_for
from rdpgui.lab.console.view import DesktopView

_STYLE: Final = """
#console { background: #12141a; }
#banner { background: #5b35ad; }
#banner QLabel { color: #ffffff; font-size: 13px; }
#banner #lab-mark { background: #ffffff; color: #5b35ad; font-weight: 700; border-radius: 8px; padding: 2px 10px; }
#footer { background: #1a1d26; }
#hint { color: #aab3c2; font-size: 12px; }
#state { font-size: 13px; font-weight: 600; color: #dfe6f0; }
#state[state="connected"] { color: #5fd39a; }
#state[state="stalled"] { color: #f3b95f; }
#state[state="unreachable"] { color: #f58b84; }
"""


_LONGEST_NAME: Final = 64


class LinkState(StrEnum):
    """What the window says about the connection."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    STALLED = "stalled"
    ENDED = "ended"
    UNREACHABLE = "unreachable"


_SIGNS: Final = {
    LinkState.CONNECTING: "…",
    LinkState.CONNECTED: "●",
    LinkState.STALLED: "▲",
    LinkState.ENDED: "■",
    LinkState.UNREACHABLE: "✕",
}


class ConsoleWindow(QWidget):
    """Shows one desktop until its window is closed.

    Signals:
        closed: the person closed the window.
    """

    closed = Signal()

    def __init__(self, config: ConsoleConfig, link: DesktopLink) -> None:
        super().__init__()
        self._texts = texts_for(config.language)
        self._link = link
        self.setObjectName("console")
        self.setWindowTitle(config.title or self._texts.window_title.format(name=config.instance_name))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, on=True)
        self.setStyleSheet(_STYLE)
        self._view = DesktopView(self)
        self._view.setAccessibleName(self._texts.view_name)
        self._view.setAccessibleDescription(self._texts.view_description)
        self._state = _plain_label("", self)
        self._state.setObjectName("state")
        self._hint = _plain_label(self._texts.hint, self)
        self._hint.setObjectName("hint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._banner(config.instance_name))
        layout.addWidget(self._view, 1)
        layout.addWidget(self._footer())
        self._show_state(LinkState.CONNECTING)
        link.connected.connect(self.on_connected)
        link.picture_changed.connect(self.on_picture_changed)
        link.stalled.connect(self.on_stalled)
        link.ended.connect(self.on_ended)
        self._view.key_changed.connect(link.send_key)
        self._view.pointer_changed.connect(link.send_pointer)

    def fit_to_screen(self) -> None:
        """Take the desktop's own size where the screen has room for it, else most of the screen."""
        wanted = self.sizeHint()
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            wanted = wanted.boundedTo(screen.availableSize() * 0.94)
        self.resize(wanted)
        self._view.setFocus()

    def on_connected(self, _width: int, _height: int) -> None:
        """The broker let us in."""
        self._view.set_live(True)
        self._show_state(LinkState.CONNECTED)

    def on_picture_changed(self) -> None:
        """A newer picture is there."""
        picture = self._link.take_picture()
        if picture is not None:
            self._view.show_picture(picture)

    def on_stalled(self, stalled: bool) -> None:
        """Pictures stopped coming, or come again."""
        self._show_state(LinkState.STALLED if stalled else LinkState.CONNECTED)

    def on_ended(self, was_open: bool) -> None:
        """The connection is over: say so calmly and keep the last picture."""
        self.on_picture_changed()
        self._view.set_live(False)
        self._show_state(LinkState.ENDED if was_open else LinkState.UNREACHABLE)
        self._hint.setText(self._texts.hint_ended if was_open else "")

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _banner(self, instance_name: str) -> QWidget:
        banner = QWidget(self)
        banner.setObjectName("banner")
        banner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, on=True)
        banner.setAccessibleName(self._texts.banner_name)
        mark = _plain_label("LAB", banner)
        mark.setObjectName("lab-mark")
        name = _plain_label(instance_name[:_LONGEST_NAME], banner)
        name.setObjectName("instance-name")
        name.setStyleSheet("font-weight: 600;")
        row = QHBoxLayout(banner)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(12)
        row.addWidget(mark)
        row.addWidget(name)
        row.addStretch(1)
        row.addWidget(_plain_label(self._texts.banner, banner))
        return banner

    def _footer(self) -> QWidget:
        footer = QWidget(self)
        footer.setObjectName("footer")
        footer.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, on=True)
        row = QHBoxLayout(footer)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(16)
        row.addWidget(self._state)
        row.addStretch(1)
        row.addWidget(self._hint)
        return footer

    def _show_state(self, state: LinkState) -> None:
        words = {
            LinkState.CONNECTING: self._texts.connecting,
            LinkState.CONNECTED: self._texts.connected,
            LinkState.STALLED: self._texts.stalled,
            LinkState.ENDED: self._texts.ended,
            LinkState.UNREACHABLE: self._texts.unreachable,
        }[state]
        self._state.setText(f"{_SIGNS[state]}  {words}")
        self._state.setAccessibleName(f"{self._texts.state_name}: {words}")
        self._view.set_notice("" if state is LinkState.CONNECTED else words)
        self._state.setProperty("state", state.value)
        # A style sheet looks at properties only when the widget is polished again.
        self._state.style().unpolish(self._state)
        self._state.style().polish(self._state)


def _plain_label(text: str, parent: QWidget) -> QLabel:
    """Return a label that shows a text as written: the name of an instance is never markup."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text))
    return made
