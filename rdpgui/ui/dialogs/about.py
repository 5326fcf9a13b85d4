"""About and diagnostics: versions and the last messages, ready to copy; no secrets."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence

import PySide6
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

import rdpgui
from rdpgui.core.state import AppState
from rdpgui.i18n import _, language
from rdpgui.ui import formats
from rdpgui.ui.notifications import Notice
from rdpgui.ui.plain import named
from rdpgui.ui.theme import mono_font, sans_font
from rdpgui.ui.widgets.small import label


def diagnostics(state: AppState, notices: Sequence[Notice]) -> str:
    """Return what helps to understand a report: versions, place, freshness, last messages."""
    identity = state.identity
    lines = [
        f"rdpgui {rdpgui.__version__}",
        f"Python {platform.python_version()} {sys.platform}",
        f"PySide6 {PySide6.__version__} Qt {qVersion()} {QGuiApplication.platformName()}",
        f"language {language()}",
        f"endpoint {'lab' if identity and identity.lab else 'aws'} {identity.region if identity else '-'}",
        f"instances {len(state.instances)} sessions {len(state.sessions)} runs {len(state.history)}",
    ]
    lines += [f"stale {topic.value}: {stale.error}" for topic, stale in state.stale.items()]
    lines += [f"{formats.day_clock(n.at)} {n.text} {n.details}".strip() for n in notices[-20:]]
    return "\n".join(lines)


class AboutDialog(QDialog):
    """Name, purpose, diagnostics."""

    def __init__(self, state: AppState, notices: Sequence[Notice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about_dialog")
        self.setWindowTitle(_("About and diagnostics"))
        self.resize(620, 460)
        title = label(f"rdpgui {rdpgui.__version__}")
        title.setFont(sans_font(scale=1.5, bold=True))
        purpose = label(
            _("Does the recording of a remote desktop survive a reboot or a stop of its instance?"), wrap=True
        )
        self._text = QPlainTextEdit(named(diagnostics(state, notices)))
        self._text.setObjectName("about_text")
        self._text.setReadOnly(True)
        self._text.setFont(mono_font())
        self._text.setAccessibleName(_("Diagnostics"))
        copy = QPushButton(_("Copy"))
        copy.setObjectName("about_copy")
        copy.setAutoDefault(False)
        copy.clicked.connect(self._on_copy)
        close = QPushButton(_("Close"))
        close.setObjectName("about_close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(purpose)
        column.addWidget(self._text, 1)
        column.addLayout(row)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())
