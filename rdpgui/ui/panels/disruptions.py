"""The buttons: connect, arm, and the disruptions, each with its API call or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from rdpgui.core.disruption import DisruptionId, Origin
from rdpgui.core.kinds.kind import Disruption
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.session import AccessType
from rdpgui.i18n import N_, _
from rdpgui.ui import labels
from rdpgui.ui.plain import one_line, set_tip
from rdpgui.ui.refusals import Refusal
from rdpgui.ui.theme import sans_font
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.small import ElidedLabel, flat_button, label, set_property, set_text

_HINT_ROOM = 94
_HINT_LINES = 2
"""Columns and lines of the next step, said or not: the buttons below it stay where they are."""
_BUTTON_HEIGHT = 41
"""All of them, with what is folded below them, are whole in the smallest window."""
_GROUP_HEIGHT = 67
_GROUP_GAP = 4
_GROUPS = (Origin.GUEST, Origin.CONTROL_PLANE, Origin.CONTROL)


class DisruptionButton(QPushButton):
    """A button of two lines: the name, and under it the call or the reason why not.

    Signals:
        chosen: pressed (its DisruptionId).
    """

    chosen = Signal(object)

    def __init__(self, disruption: Disruption) -> None:
        super().__init__()
        self.disruption = disruption
        self.setObjectName(f"disrupt_{disruption.disruption_id.value}")
        self.setFixedHeight(_BUTTON_HEIGHT)
        self._name = ElidedLabel()
        self._name.setFont(sans_font(bold=True))
        self._note = ElidedLabel(role="dim")
        self._note.setFont(sans_font(scale=0.84))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 3, 8, 3)
        column.setSpacing(0)
        column.addWidget(self._name)
        column.addWidget(self._note)
        for child in (self._name, self._note):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clicked.connect(self._on_clicked)

    def show_state(self, refusal: Refusal | None, done_note: str) -> None:
        """Render: pressable with its call, or disabled with the reason; ``done_note`` marks the one that was done."""
        set_property(self, "current", bool(done_note))
        name = labels.word(self.disruption.disruption_id)
        self._name.set_whole(name)
        self.setEnabled(refusal is None)
        self._name.setEnabled(refusal is None)
        note = done_note or (refusal.short if refusal is not None else self.disruption.call or _("observes only"))
        self._note.set_whole(note)
        if refusal is None:
            tip = labels.consequence(self.disruption)
            if self.disruption.call:
                tip += f"\n{self.disruption.call}"
        else:
            tip = refusal.sentence
        set_tip(self, tip)
        self.setAccessibleName(name)
        self.setAccessibleDescription(one_line(note))

    def _on_clicked(self) -> None:
        self.chosen.emit(self.disruption.disruption_id)


class _Groups(QScrollArea):
    """The groups of buttons: whole where there is room; else they scroll, and none is pushed over another."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("disruptions_scroll")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the buttons have it, and come into view with it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._inside = QWidget()
        self.column = QVBoxLayout(self._inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(_GROUP_GAP)
        self.setWidget(self._inside)

    @override
    def sizeHint(self) -> QSize:
        """All of it."""
        return self._inside.sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        """One group."""
        return QSize(self._inside.minimumSizeHint().width(), _GROUP_HEIGHT)


class DisruptionsPanel(Card):
    """Connect, arm, disrupt.

    Signals:
        disruption_requested: a DisruptionId. connect_requested, by_hand_requested, abort_requested, start_requested.
        arm_requested: True to arm the selected instance, False to disarm. access_type_chosen: an AccessType.
    """

    disruption_requested = Signal(object)
    connect_requested = Signal()
    abort_requested = Signal()
    start_requested = Signal()
    arm_requested = Signal(bool)
    access_type_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Experiment"), "disruptions_panel", parent)
        self._target = ""
        self._abort_shown = False
        self._start_shown = False
        self.access = Choice()
        self.access.setObjectName("access_type")
        for access_type in AccessType:
            self.access.addItem("", access_type)
        self.access.currentIndexChanged.connect(self._on_access)
        self._add_first_row()
        self.buttons: dict[DisruptionId, DisruptionButton] = {}
        self._titles: list[tuple[Origin, QLabel]] = []
        self._more = flat_button("", "more_disruptions")
        self._more.setCheckable(True)
        self._more.toggled.connect(self._on_more)
        self._beyond = QWidget()
        self._beyond.hide()
        self._groups = _Groups()
        self._add_groups()
        self._retranslate_own()

    def _add_first_row(self) -> None:
        self.connect_button = QPushButton()
        self.connect_button.setObjectName("connect")
        self.connect_button.setProperty("primary", True)
        self.connect_button.clicked.connect(self.connect_requested)
        self.arm = QPushButton()
        self.arm.setObjectName("arm_toggle")
        self.arm.setCheckable(True)
        self.arm.clicked.connect(self._on_arm)
        self.start = QPushButton()
        self.start.setObjectName("start_instance")
        self.start.clicked.connect(self.start_requested)
        self.abort = QPushButton()
        self.abort.setObjectName("abort_run")
        self.abort.clicked.connect(self.abort_requested)
        row = QHBoxLayout()
        row.setSpacing(7)
        for button in (self.connect_button, self.start, self.arm, self.abort):
            row.addWidget(button, 1)
        self._hint = label(role="dim", wrap=True, name="experiment_hint")
        self._hint.setFixedHeight(_HINT_LINES * self._hint.fontMetrics().lineSpacing())
        self._hint.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._access_title = label(role="dim")
        access = QHBoxLayout()
        access.setSpacing(8)
        access.addWidget(self._access_title, 1)
        access.addWidget(self.access)
        self.body.addLayout(access)
        self.body.addLayout(row)
        self.body.addWidget(self._hint)

    def _add_groups(self) -> None:
        """The article's disruptions and the controls, and folded below them what goes beyond: the verdict has room."""
        beyond = QVBoxLayout(self._beyond)
        beyond.setContentsMargins(0, 0, 0, 0)
        beyond.setSpacing(_GROUP_GAP)
        for origin in _GROUPS:
            kinds = [kind for kind in DISRUPTIONS.values() if kind.origin is origin]
            self._add_group(
                self._groups.column, origin, [kind for kind in kinds if kind.article_row or kind.is_control]
            )
            self._add_group(beyond, origin, [kind for kind in kinds if not kind.article_row and not kind.is_control])
        self._groups.column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._groups.column.addWidget(self._beyond)
        self.body.addWidget(self._groups)

    def _add_group(self, column: QVBoxLayout, origin: Origin, members: list[Disruption]) -> None:
        if not members:
            return
        title = label(role="group")
        self._titles.append((origin, title))
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(_GROUP_GAP)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(title, 0, 0, 1, 2)
        for place, disruption in enumerate(members):
            button = DisruptionButton(disruption)
            button.chosen.connect(self.disruption_requested)
            self.buttons[disruption.disruption_id] = button
            alone = place == len(members) - 1 and place % 2 == 0
            grid.addWidget(button, 1 + place // 2, place % 2, 1, 2 if alone else 1)
        column.addLayout(grid)

    def show_access_type(self, access_type: AccessType) -> None:
        """Show the access type of the next connection."""
        place = self.access.findData(access_type)
        if place != self.access.currentIndex():
            self.access.setCurrentIndex(place)

    def show_target(self, name: str, *, armed: bool, running: bool, startable: bool, may_arm: bool) -> None:
        """Render the row of buttons for the selected instance (empty name: none is selected)."""
        self._target = name
        self.arm.setChecked(armed)
        self.arm.setVisible(may_arm)
        self.start.setVisible(startable and not running)
        self.connect_button.setVisible(not running and not startable)
        self.abort.setVisible(running)
        self._retranslate_own()

    def show_groups(self, shown: bool) -> None:
        """Show the disruptions, or leave their room to the run that goes on."""
        self._groups.setVisible(shown)

    def show_start(self, refused: str) -> None:
        """Enable starting the instance, or say why it cannot be started."""
        self.start.setEnabled(not refused)
        set_tip(self.start, refused)

    def show_hint(self, text: str) -> None:
        """Say the next step in one sentence; empty says nothing."""
        set_text(self._hint, one_line(text), _HINT_ROOM)

    def show_refusals(
        self,
        refusals: Mapping[DisruptionId, Refusal],
        done: Mapping[DisruptionId, str],
        *,
        connect: Refusal | None,
        arm: Refusal | None,
    ) -> None:
        """Render every button."""
        for disruption_id, button in self.buttons.items():
            button.show_state(refusals.get(disruption_id), done.get(disruption_id, ""))
        _enable(self.connect_button, connect, _("Opens a remote desktop connection that is recorded"))
        tip = _("Allows disruptions on exactly this instance for a few minutes")
        _enable(self.arm, arm, _("Back to read-only") if self.arm.isChecked() else tip)

    def _on_more(self, shown: bool) -> None:
        self._beyond.setVisible(shown)
        self._groups.updateGeometry()
        self._show_more()

    def _show_more(self) -> None:
        count = len(self._beyond.findChildren(DisruptionButton))
        text = _("Fewer disruptions") if self._more.isChecked() else _("More disruptions ({count})").format(count=count)
        self._more.setText(text)

    def _on_access(self) -> None:
        # Qt hands a StrEnum back as a plain string.
        self.access_type_chosen.emit(AccessType(self.access.currentData()))

    def _on_arm(self, checked: bool) -> None:
        self.arm.setChecked(not checked)  # shows what is, not what was asked
        self.arm_requested.emit(checked)

    def _retranslate_own(self) -> None:
        self.connect_button.setText(_("Connect"))
        self.arm.setText(_("Armed") if self.arm.isChecked() else _("Arm this instance"))
        self.start.setText(_("Start the instance"))
        self.abort.setText(_("Abort the run"))
        set_text(self._access_title, _("Access"))
        self.access.setAccessibleName(_("Access type of the next connection"))
        set_tip(self.access, _("Access type of the next connection"))
        for place, access_type in enumerate(AccessType):
            self.access.setItemText(place, labels.word(access_type))
        for origin, title in self._titles:
            set_text(title, labels.word(origin))
        self.subtitle.set_whole(self._target)
        self._show_more()

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._retranslate_own()


def _enable(button: QPushButton, refusal: Refusal | None, tip: str) -> None:
    button.setEnabled(refusal is None)
    set_tip(button, tip if refusal is None else refusal.sentence)
