"""Open a film: a path, several files, or an object in S3."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from rdpgui.core.recording import is_s3, s3_object
from rdpgui.i18n import _
from rdpgui.ui.widgets.answers import answer_row
from rdpgui.ui.widgets.small import label, set_property, set_text


class OpenFilmDialog(QDialog):
    """One line for a path or ``s3://BUCKET/KEY``, and a button that looks for files.

    Signals:
        film_chosen: path of a local film. films_chosen: list of paths. object_chosen: bucket and key.
    """

    film_chosen = Signal(str)
    films_chosen = Signal(list)
    object_chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("open_film_dialog")
        self.setWindowTitle(_("Open a film"))
        self.setMinimumWidth(620)
        self._what = QLineEdit()
        self._what.setObjectName("open_film_what")
        self._what.setPlaceholderText(_("Path, or s3://BUCKET/KEY"))
        self._what.setAccessibleName(_("Path of a film, or s3://BUCKET/KEY"))
        self._browse = QPushButton(_("Browse …"))
        self._browse.setObjectName("open_film_browse")
        self._browse.setAutoDefault(False)
        self._note = label(role="dim", wrap=True, name="open_film_note")
        answers, self._open = answer_row(self, "open_film", _("Open"), self.accept)
        self._open.setObjectName("open_film_open")
        row = QHBoxLayout()
        row.addWidget(self._what, 1)
        row.addWidget(self._browse)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addLayout(row)
        column.addWidget(self._note)
        column.addLayout(answers)
        self._what.textChanged.connect(self._on_text)
        self._browse.clicked.connect(self._on_browse)
        self._on_text("")

    @override
    def accept(self) -> None:
        text = self._what.text().strip()
        found = s3_object(text)
        if found is not None:
            self.object_chosen.emit(*found)
        elif _local(text) is not None:
            self.film_chosen.emit(str(_local(text)))
        else:
            return
        super().accept()

    def _on_text(self, text: str) -> None:
        text = text.strip()
        remote, local = s3_object(text), _local(text)
        self._open.setEnabled(remote is not None or local is not None)
        wrong = bool(text) and remote is None and local is None
        set_property(self._what, "tone", "bad" if wrong else "")
        if remote is not None:
            note = _("Shown at once, while the whole object is downloaded and its checksum compared.")
        elif wrong and is_s3(text):
            note = _("Write s3://BUCKET/KEY.")
        elif wrong:
            note = _("There is no such file.")
        else:
            note = _("Several files are laid out on the clock as one film: choose them with Browse.")
        set_text(self._note, note)

    def _on_browse(self) -> None:
        dialog = QFileDialog(self, _("Open a film file"), "", _("Films (*.mp4);;All files (*)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.take_files)
        dialog.open()

    def take_files(self, paths: list[str]) -> None:
        """Open what was found: one film goes into the line first, several are opened."""
        if len(paths) == 1:
            self._what.setText(paths[0])
        elif paths:
            self.films_chosen.emit(paths)
            super().accept()


def _local(text: str) -> Path | None:
    try:
        path = Path(text).expanduser()
        return path if text and path.is_file() else None
    except (OSError, RuntimeError):
        return None  # no name that this machine could have: too long, or of a user it does not know
