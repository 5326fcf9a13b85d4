"""Settings: every change takes effect at once; the place has a dialog of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rdpgui.core.access import RULE_EXAMPLE, EnvironmentTone
from rdpgui.core.settings import ARMED_S, Language, Settings, Theme
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.plain import set_tip
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.small import label, roomy, separator


class SettingsDialog(QDialog):
    """One form; every change is passed on as soon as it is made.

    Args:
        settings: those in force. place: what is open, in words.

    Signals:
        theme_chosen, language_chosen: the enum member. setting_changed: name and value.
        place_requested: the dialog is closed and another place is wanted.
    """

    theme_chosen = Signal(object)
    language_chosen = Signal(object)
    setting_changed = Signal(str, object)
    place_requested = Signal()

    def __init__(self, settings: Settings, place: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_dialog")
        self.setWindowTitle(_("Settings"))
        self.setMinimumWidth(540)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(20)
        self._form.setVerticalSpacing(9)
        self._add_look(settings)
        self._form.addRow(separator())
        self._add_place(place, settings.environment_rules)
        self._form.addRow(separator())
        self._add_guards(settings)
        close = QPushButton(_("Close"))
        close.setObjectName("settings_close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(14)
        column.addLayout(self._form)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def _add_look(self, settings: Settings) -> None:
        self.theme = Choice()
        for theme in Theme:
            self.theme.addItem(labels.word(theme), theme)
        self.theme.setCurrentIndex(self.theme.findData(settings.theme))
        self.theme.currentIndexChanged.connect(self._on_theme)
        self.language = Choice()
        for language in Language:
            self.language.addItem(labels.word(language), language)
        self.language.setCurrentIndex(self.language.findData(settings.language))
        self.language.currentIndexChanged.connect(self._on_language)
        self._row(_("Theme"), self.theme, "settings_theme")
        self._row(_("Language"), self.language, "settings_language")

    def _add_place(self, place: str, rules: str) -> None:
        self.place = QPushButton(_("Change the place …"))
        self.place.setAutoDefault(False)
        self.place.clicked.connect(self._on_place)
        holder = QHBoxLayout()
        holder.addWidget(label(place, name="settings_place_name"), 1)
        holder.addWidget(self.place)
        self.rules = QLineEdit(rules)
        self.rules.setPlaceholderText(RULE_EXAMPLE)
        self.rules.editingFinished.connect(self._on_rules)
        title = label(_("Place"))
        title.setBuddy(self.place)
        self.place.setObjectName("settings_place")
        self._form.addRow(title, holder)
        self._row(_("Colours of accounts"), self.rules, "settings_rules")
        text = _(
            "PATTERN=COLOUR, parted by ; the first pattern found in alias, account or profile counts. Colours: {all}"
        )
        set_tip(self.rules, text.format(all=", ".join(EnvironmentTone)))

    def _add_guards(self, settings: Settings) -> None:
        self.tag = QLineEdit(settings.allow_tag)
        self.tag.editingFinished.connect(self._on_tag)
        self.armed = QDoubleSpinBox()
        self.armed.setDecimals(0)
        self.armed.setRange(*ARMED_S)
        self.armed.setSingleStep(30)
        self.armed.setValue(settings.armed_s)
        roomy(self.armed)
        self.armed.valueChanged.connect(self._on_armed)
        self.restore = QCheckBox(_("Start the instance again after a stop"))
        self.restore.setObjectName("settings_restore")
        self.restore.setChecked(settings.restore_after_halt)
        self.restore.toggled.connect(self._on_restore)
        self._row(_("Tag that allows disruptions"), self.tag, "settings_tag")
        self._row(_("Armed for (seconds)"), self.armed, "settings_armed")
        self._form.addRow("", self.restore)

    def _row(self, text: str, widget: QWidget, name: str) -> None:
        widget.setObjectName(name)
        widget.setAccessibleName(text)
        title = label(text)
        title.setBuddy(widget)
        self._form.addRow(title, widget)

    def _on_theme(self) -> None:
        self.theme_chosen.emit(Theme(self.theme.currentData()))

    def _on_language(self) -> None:
        self.language_chosen.emit(Language(self.language.currentData()))

    def _on_place(self) -> None:
        self.accept()
        self.place_requested.emit()

    def _on_rules(self) -> None:
        self.setting_changed.emit("environment_rules", self.rules.text().strip())

    def _on_tag(self) -> None:
        self.setting_changed.emit("allow_tag", self.tag.text().strip())

    def _on_armed(self, value_s: float) -> None:
        self.setting_changed.emit("armed_s", value_s)

    def _on_restore(self, checked: bool) -> None:
        self.setting_changed.emit("restore_after_halt", checked)
