"""The second witness: the console screenshot that EC2 took while the disruption took effect."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from rdpgui.core.disruption import Effect
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.state import RunState
from rdpgui.files import is_file
from rdpgui.i18n import _
from rdpgui.ui import formats
from rdpgui.ui.plain import set_tip
from rdpgui.ui.widgets.small import ElidedLabel, flat_button, label, set_text
from rdpgui.ui.widgets.still import StillView

_WIDTH, _HEIGHT = 104, 58
_LARGE_WIDTH = 720


def _title() -> str:
    return _("Console screenshot of EC2 (second witness)")


def _proof() -> str:
    return _("What the screen showed then. EC2 took it from outside the OS, without Session Manager and the recorder.")


def _taken(run: RunState) -> str:
    if run.witness is None:
        return ""
    begin, end = run.witness.taken_not_before_at, run.witness.at
    return _("taken between {begin} and {end}").format(
        begin=formats.clock(begin, decimals=1), end=formats.clock(end, decimals=1)
    )


def _why_none(run: RunState) -> str:
    if DISRUPTIONS[run.plan.disruption_id].effect is Effect.NONE:
        return _("A control takes none: nothing happens to the instance.")
    if run.active:
        return _("None yet: it is taken while the disruption takes effect.")
    return _("None was taken. The run log says why; the verdict does not need it.")


class WitnessBox(QWidget):
    """The picture, when it was taken and what it proves; or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("witness_box")
        self._run: RunState | None = None
        self._path: Path | None = None
        self._still = StillView("witness_still")
        self._still.setFixedSize(_WIDTH, _HEIGHT)
        self._name = ElidedLabel(name="witness_title")
        self._when = ElidedLabel(role="dim", name="witness_when")
        self._why = label(role="dim", wrap=True, name="witness_why")
        self._larger = flat_button("", "witness_larger")
        self._larger.clicked.connect(self._on_larger)
        words = QVBoxLayout()
        words.setSpacing(0)
        button = QHBoxLayout()
        button.addWidget(self._larger)
        button.addStretch(1)
        for widget in (self._name, self._when, self._why):
            words.addWidget(widget)
        words.addLayout(button)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._still)
        row.addLayout(words, 1)
        self.retranslate()

    def show_run(self, run: RunState | None, path: Path | None) -> None:
        """Render a run's witness; ``path`` is its picture."""
        self._run, self._path = run, path
        self.retranslate()

    def retranslate(self) -> None:
        """Show everything in the language in use."""
        run = self._run
        self.setVisible(run is not None)
        if run is None:
            return
        shown = run.witness is not None and self._path is not None and is_file(self._path)
        for widget in (self._still, self._when, self._larger):
            widget.setVisible(shown)
        self._why.setVisible(not shown)
        self._still.show_still(self._path if shown else None, "")
        self._still.set_lab(run.plan.lab)
        self._name.set_whole(_("Second witness (EC2 screenshot)"))
        self._when.set_whole(_taken(run))
        self._larger.setText(_("Show larger"))
        self._larger.setAccessibleName(f"{_('Show larger')}: {_title()}")
        set_text(self._why, _("The picture is no longer in the run's folder.") if run.witness else _why_none(run))
        self._describe(self._still, f"{_title()}, {_taken(run)}" if shown else "", shown=shown)
        self._describe(self, f"{_title()}: {_taken(run) if shown else self._why.text()}", shown=shown)

    @staticmethod
    def _describe(widget: QWidget, name: str, *, shown: bool) -> None:
        widget.setAccessibleName(name)
        widget.setAccessibleDescription(_proof() if shown else "")
        set_tip(widget, f"{name}\n{_proof()}" if shown else "")

    def _on_larger(self) -> None:
        if self._run is not None and self._path is not None:
            WitnessDialog(self._path, _taken(self._run), self.window(), lab=self._run.plan.lab).open()


class WitnessDialog(QDialog):
    """The screenshot large, with when it was taken and what it proves."""

    def __init__(self, path: Path, taken: str, parent: QWidget, *, lab: bool) -> None:
        super().__init__(parent)
        self.setObjectName("witness_dialog")
        self.setWindowTitle(_title())
        picture = StillView("witness_large")
        picture.show_still(path, "", _("The picture cannot be read."))
        picture.set_lab(lab)
        picture.setFixedSize(_LARGE_WIDTH, picture.heightForWidth(_LARGE_WIDTH))
        picture.setAccessibleName(f"{_title()}, {taken}")
        close = QPushButton(_("Close"))
        close.setObjectName("witness_close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(label(taken, role="strong", name="witness_taken"), 1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(picture)
        column.addWidget(label(_proof(), role="dim", wrap=True, name="witness_proof"))
        column.addLayout(row)
        self.finished.connect(self.deleteLater)
