"""Where to work: a profile and a Region of AWS, or a scenario of the lab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from rdpgui.core.access import ProfileLine
from rdpgui.core.errors import SettingsError
from rdpgui.core.ids import Region
from rdpgui.core.regions import RegionOptIn, checked_region
from rdpgui.core.settings import Settings
from rdpgui.i18n import N_, _, fill
from rdpgui.ui.commands import PlaceChoice
from rdpgui.ui.models.profiles import profiles_model
from rdpgui.ui.plain import set_tip
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.region_choice import RegionChoice
from rdpgui.ui.widgets.small import flat_button, label, set_property, set_text
from rdpgui.ui.widgets.table import DenseTable

_ROWS = 8


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
        self.setWindowTitle(_("Where to work"))
        self.setMinimumWidth(1150)
        self._settings = settings
        self._why_not = why_not
        self._by_name: dict[str, ProfileLine] = {}
        self._opt_in_of = ""
        self._opt_in: Mapping[Region, RegionOptIn] = {}
        self._why = label(why_not, wrap=True, name="place_why_not")
        set_property(self._why, "tone", Tone.WARN.value)
        self._why.setVisible(bool(why_not))
        text = _("What is open now is closed. Runs stay in the history, each with its place; matrix, claims and "
                 "whatever else is summed up are of one place only.")  # fmt: skip
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self._aws_card(settings), 2)
        row.addLayout(self._side(settings, scenarios), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        column.addLayout(row, 1)
        column.addWidget(label(text, "dim", wrap=True))
        column.addWidget(self._why)
        column.addLayout(self._buttons())
        self._on_text(self.profile.text())

    # -- AWS -------------------------------------------------------------------

    def _aws_card(self, settings: Settings) -> Card:
        card = Card(N_("AWS profiles"), "place_aws")
        self._model = profiles_model()
        self.profile = QLineEdit(settings.profile if settings.endpoint == "aws" else "")
        self._name(self.profile, "place_profile", _("Filter, or the name of a profile"))
        self.profile.setPlaceholderText(_("Filter, or the name of a profile"))
        self.profile.setClearButtonEnabled(True)
        self.profile.textEdited.connect(self._on_text)
        self.profile.textChanged.connect(self._on_text)
        self.table = DenseTable(self._model, "place_profiles")
        self.table.setAccessibleName(_("AWS profiles"))
        self.table.make_sortable(4, Qt.SortOrder.DescendingOrder)
        self.table.set_widths((150, 162, 120, 150, 128), stretch=0)
        self.table.setMinimumHeight(self.table.height_of(_ROWS))
        self.table.set_empty_text(_("Reading the AWS files …"))
        self.table.key_selected.connect(self._on_profile)
        self.table.key_activated.connect(self._on_open)
        card.body.addWidget(self.profile)
        card.body.addWidget(self.table, 1)
        card.body.addLayout(self._region_row(settings))
        card.body.addLayout(self._endpoint_row(settings))
        return card

    def _region_row(self, settings: Settings) -> QHBoxLayout:
        self.region = RegionChoice(settings.region)
        self._name(self.region, "place_region", _("Region"))
        self.region.currentTextChanged.connect(self._on_region)
        title = label(_("Region"))
        title.setBuddy(self.region)
        self._region_hint = label(role="dim", name="place_region_hint")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(title)
        row.addWidget(self.region, 1)
        row.addWidget(self._region_hint, 1)
        return row

    def _endpoint_row(self, settings: Settings) -> QHBoxLayout:
        self._show_url = flat_button(_("Another endpoint …"), "place_show_endpoint_url")
        set_tip(self._show_url, _("Calls go there instead of AWS, for an emulator. Settings of the environment and of "
                                  "profiles that name an endpoint are not followed."))  # fmt: skip
        self._show_url.clicked.connect(self._on_show_url)
        self.endpoint_url = QLineEdit(settings.endpoint_url)
        self._name(self.endpoint_url, "place_endpoint_url", _("Endpoint"))
        self.endpoint_url.setPlaceholderText("http://127.0.0.1:4566")
        self.endpoint_url.setVisible(bool(settings.endpoint_url))
        row = QHBoxLayout()
        row.addWidget(self._show_url)
        row.addWidget(self.endpoint_url, 1)
        if not settings.endpoint_url:
            row.addStretch(1)
        return row

    # -- the lab, and how to begin -----------------------------------------------

    def _side(self, settings: Settings, scenarios: Sequence[str]) -> QVBoxLayout:
        lab = Card(N_("Try it on the lab"), "place_lab")
        lab.show_lab(True)
        text = _("No AWS account needed: virtual servers and a real recorder run on this computer alone.")
        lab.body.addWidget(label(text, "dim", wrap=True))
        self.scenario = Choice()
        self.scenario.addItems(list(dict.fromkeys((*scenarios, settings.scenario))))
        self.scenario.setCurrentText(settings.scenario)
        self._name(self.scenario, "place_scenario", _("Lab scenario"))
        start = self._button(_("Open the lab"), "place_open_lab", self._on_open_lab)
        start.setEnabled(not self._why_not)
        row = QHBoxLayout()
        row.addWidget(self.scenario, 1)
        row.addWidget(start)
        lab.body.addLayout(row)
        steps = Card(N_("On your own account"), "place_steps")
        for number, step in enumerate(self._steps(), 1):
            steps.body.addWidget(label(f"{number}. {step}", "dim", wrap=True))
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(lab)
        column.addWidget(steps)
        column.addStretch(1)
        return column

    def _steps(self) -> tuple[str, ...]:
        return (
            _("Sign in with a profile. Nothing is changed by looking."),
            _("Read the preflight: it says what is missing."),
            _("Give the instance the tag {tag}.").format(tag=self._settings.allow_tag),
            _("Connect in the browser, disrupt, and read the verdict."),
        )

    def _button(self, text: str, name: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _buttons(self) -> QHBoxLayout:
        cancel = self._button(_("Cancel"), "place_cancel", self.reject)
        self._open = self._button(_("Open"), "place_open", self._on_open)
        self._open.setProperty("primary", True)
        self._open.setDefault(True)
        self._open.setEnabled(not self._why_not)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self._open)
        return row

    def _name(self, widget: QWidget, name: str, text: str) -> None:
        widget.setObjectName(name)
        widget.setAccessibleName(text)

    # -- what is known -------------------------------------------------------------

    def show_profiles(self, profiles: Sequence[ProfileLine], problem: str = "") -> None:
        """Fill the table, or say why the files cannot be read."""
        self._by_name = {line.name: line for line in profiles}
        self._model.set_rows(tuple(profiles))
        empty = _("The AWS files have no profile yet. `aws configure sso` makes one.")
        self.table.set_empty_text(problem or empty)
        self._on_text(self.profile.text())
        if self._settings.endpoint == "aws" and self._settings.profile in self._by_name:
            self.profile.clear()
            self._on_profile(self._settings.profile)
            self.table.select_key(self._settings.profile)

    def show_opt_in(self, profile: str, regions: Mapping[Region, RegionOptIn]) -> None:
        """Say which Regions the account that a profile leads to may not use; of the others nothing is known."""
        self._opt_in_of, self._opt_in = profile, regions
        self._show_open()

    def _on_text(self, text: str) -> None:
        self._model.set_filter(text.strip())
        if self._by_name and not self._model.rowCount():
            self.table.set_empty_text(_("No such profile in the AWS files."))
        if text.strip() in self._by_name:
            self.table.select_key(text.strip())
        self._show_open()

    def _on_profile(self, _name: str) -> None:
        self._show_open()

    def _on_region(self, _text: str) -> None:
        self._show_open()

    def _show_open(self) -> None:
        line = self._by_name.get(self._profile_name())
        self.region.show_opt_in(self._opt_in if self._profile_name() == self._opt_in_of else {})
        if self.region.is_closed:
            hint = _("not enabled for this account")
        elif self.region.region:
            hint = ""
        elif line is None:
            hint = _("as in the profile")
        else:
            hint = line.region or _("the profile has none")
        set_text(self._region_hint, hint)

    def _on_show_url(self) -> None:
        self.endpoint_url.setVisible(True)
        self.endpoint_url.setFocus()

    def _profile_name(self) -> str:
        selected = self.table.selected_key()
        return str(selected) if selected is not None else self.profile.text().strip()

    # -- choosing --------------------------------------------------------------------

    def _on_open(self) -> None:
        if not self._open.isEnabled():
            return
        url, region = self.endpoint_url.text().strip(), self.region.region
        try:
            if region and not url:
                checked_region(region)
        except SettingsError as error:
            set_text(self._why, f"{fill(error.template, error.fields)} {fill(error.remedy, error.fields)}")
            self._why.setVisible(True)
            return
        self._choose(PlaceChoice("aws", self._profile_name(), region, self.scenario.currentText(), url))

    def _on_open_lab(self) -> None:
        settings = self._settings
        region = "" if settings.endpoint_url else settings.region  # an endpoint's own Region is none elsewhere
        self._choose(PlaceChoice("lab", settings.profile, region, self.scenario.currentText()))

    def _choose(self, choice: PlaceChoice) -> None:
        self.accept()
        self.chosen.emit(choice)
