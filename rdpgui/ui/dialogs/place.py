"""Opens another place: a scenario of the lab, or an account and a Region of AWS."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from rdpgui.core.settings import Settings
from rdpgui.i18n import _
from rdpgui.ui.commands import PlaceChoice
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.small import label, set_property

_LAB, _AWS = "lab", "aws"


class PlaceDialog(QDialog):
    """Asks which place.

    Args:
        settings: name the place that is open. scenarios: those that the lab knows.
        why_not: why no other place can be opened now, empty when one can.

    Signals:
        chosen: a ``PlaceChoice``.
    """

    chosen = Signal(object)

    def __init__(
        self, settings: Settings, scenarios: Sequence[str], why_not: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("place_dialog")
        self.setWindowTitle(_("Change the place"))
        self.setMinimumWidth(540)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(20)
        self._form.setVerticalSpacing(9)
        self._add_fields(settings, scenarios)
        text = _("What is open now is closed. Runs stay in the history, each with its place; matrix, claims and "
                 "whatever else is summed up are of one place only.")  # fmt: skip
        why = label(why_not, wrap=True, name="place_why_not")
        set_property(why, "tone", Tone.WARN.value)
        why.setVisible(bool(why_not))
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(14)
        column.addLayout(self._form)
        column.addWidget(label(text, "dim", wrap=True))
        column.addWidget(why)
        column.addLayout(self._buttons(enabled=not why_not))
        self._on_endpoint()

    def _add_fields(self, settings: Settings, scenarios: Sequence[str]) -> None:
        self.endpoint = Choice()
        for name, text in ((_LAB, _("Lab (no AWS account needed)")), (_AWS, _("AWS"))):
            self.endpoint.addItem(text, name)
        self.endpoint.setCurrentIndex(self.endpoint.findData(settings.endpoint))
        self.endpoint.currentIndexChanged.connect(self._on_endpoint)
        self.scenario = Choice()
        self.scenario.addItems(list(dict.fromkeys((*scenarios, settings.scenario))))
        self.scenario.setCurrentText(settings.scenario)
        self.profile = QLineEdit(settings.profile)
        self.profile.setPlaceholderText(_("default"))
        self.region = QLineEdit(settings.region)
        self.region.setPlaceholderText(_("as in the profile"))
        self._row(_("Connect to"), self.endpoint, "place_endpoint")
        self._row(_("Lab scenario"), self.scenario, "place_scenario")
        self._row(_("AWS profile"), self.profile, "place_profile")
        self._row(_("Region"), self.region, "place_region")

    def _buttons(self, *, enabled: bool) -> QHBoxLayout:
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("place_cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self._open = QPushButton(_("Open"))
        self._open.setObjectName("place_open")
        self._open.setProperty("primary", True)
        self._open.setDefault(True)
        self._open.setEnabled(enabled)
        self._open.clicked.connect(self._on_open)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self._open)
        return row

    def _row(self, text: str, widget: QWidget, name: str) -> None:
        widget.setObjectName(name)
        widget.setAccessibleName(text)
        title = label(text)
        title.setBuddy(widget)
        self._form.addRow(title, widget)

    def _on_endpoint(self) -> None:
        lab = self.endpoint.currentData() == _LAB
        self._form.setRowVisible(self.scenario, lab)
        self._form.setRowVisible(self.profile, not lab)
        self._form.setRowVisible(self.region, not lab)

    def _on_open(self) -> None:
        choice = PlaceChoice(
            endpoint=str(self.endpoint.currentData()),
            profile=self.profile.text().strip(),
            region=self.region.text().strip(),
            scenario=self.scenario.currentText(),
        )
        self.accept()
        self.chosen.emit(choice)
