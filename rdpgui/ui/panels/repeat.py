"""The repeat page: one experiment several times, how its measures spread, and the counterfactual beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.session import AccessType
from rdpgui.i18n import N_, _
from rdpgui.ui import labels
from rdpgui.ui.plain import set_tip
from rdpgui.ui.plots.strip import Plot
from rdpgui.ui.plots.view import PlotView
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.flow import FlowLayout
from rdpgui.ui.widgets.small import label, roomy, set_text

LEAST, MOST, USUAL = 2, 50, 10
"""How often an experiment is repeated."""
_GAP_PX = 8


class RepeatPanel(Card):
    """Choice of an experiment, its distributions, and what they say.

    Signals:
        start_requested: DisruptionId, AccessType, how often. stop_requested.
        compare_requested: the same, at the service and on the instance.
        chosen: another experiment. save_requested: a path for the plots.
    """

    start_requested = Signal(object, object, int)
    compare_requested = Signal(object, object, int)
    stop_requested = Signal()
    chosen = Signal()
    save_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Repeat"), "repeat_panel", parent)
        self._running = False
        self._add_choices()
        self._start = self._button("repeat_start", primary=True)
        self._start.clicked.connect(self._on_start)
        self._compare = self._button("repeat_compare")
        self._compare.clicked.connect(self._on_compare)
        self._stop = self._button("repeat_stop")
        self._stop.clicked.connect(self.stop_requested)
        self._svg = self._button("repeat_save_svg")
        self._svg.clicked.connect(partial(self._ask_path, "svg"))
        self._png = self._button("repeat_save_png")
        self._png.clicked.connect(partial(self._ask_path, "png"))
        self._bar = QProgressBar()
        self._bar.setObjectName("repeat_progress")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self._note = label(role="dim", name="repeat_note")
        self.head.addWidget(self._note)
        self.head.addWidget(self._bar)
        self._hint = label(role="dim", wrap=True, name="repeat_hint")
        self._said = label(role="strong", wrap=True, name="repeat_said")
        self.view = PlotView()
        self._add_body()
        self.show_progress(0, 0, running=False)
        self._retranslate_own()

    def _add_choices(self) -> None:
        self.disruption = Choice()
        self.disruption.setObjectName("repeat_disruption")
        for found in DISRUPTIONS:
            self.disruption.addItem("", found)
        self.disruption.setCurrentIndex(self.disruption.findData(DisruptionId.OS_SHUTDOWN))
        self.access = Choice()
        self.access.setObjectName("repeat_access")
        for access_type in AccessType:
            self.access.addItem("", access_type)
        self.times = QSpinBox()
        self.times.setObjectName("repeat_times")
        self.times.setRange(LEAST, MOST)
        self.times.setValue(USUAL)
        roomy(self.times)
        for choice in (self.disruption, self.access):
            choice.currentIndexChanged.connect(self.chosen)

    def _button(self, name: str, *, primary: bool = False) -> QPushButton:
        made = QPushButton()
        made.setObjectName(name)
        made.setProperty("primary", primary)
        return made

    def _add_body(self) -> None:
        row = QWidget()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        row.setSizePolicy(policy)
        flow = FlowLayout(row, _GAP_PX)
        parts = (self.disruption, self.access, self.times, self._start, self._compare, self._stop, self._svg, self._png)
        for widget in parts:
            flow.addWidget(widget)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.addWidget(self.view)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("repeat_scroll")
        area.setAccessibleName(_("Repeat"))
        area.setWidgetResizable(True)
        area.setWidget(inside)
        self.body.addWidget(self._hint)
        self.body.addWidget(row)
        self.body.addWidget(self._said)
        self.body.addWidget(area, 1)

    @property
    def pair(self) -> tuple[DisruptionId, AccessType]:
        """The chosen experiment."""
        return DisruptionId(self.disruption.currentData()), AccessType(self.access.currentData())

    def choose(self, disruption_id: DisruptionId, access_type: AccessType) -> None:
        """Choose an experiment."""
        self.disruption.setCurrentIndex(self.disruption.findData(disruption_id))
        self.access.setCurrentIndex(self.access.findData(access_type))

    def show_plots(self, plots: Sequence[Plot], said: str) -> None:
        """Render distributions and the sentence about them; without any, what to do."""
        self.view.show_plots(tuple(plots))
        set_text(self._said, said)
        for button in (self._svg, self._png):
            button.setEnabled(bool(plots))

    def show_start(self, refused: str) -> None:
        """Enable starting, or say why not."""
        for button in (self._start, self._compare):
            button.setEnabled(not refused)
        set_tip(self._start, refused)
        set_tip(self._compare, refused or _("Runs it at the service and on the instance, and comes back here"))

    def show_progress(self, done: int, total: int, *, running: bool) -> None:
        """Render how far the runs are."""
        self._running = running
        self._bar.setVisible(running)
        self._bar.setMaximum(max(1, total))
        self._bar.setValue(done)
        set_text(self._note, _("{done} of {total} runs").format(done=done, total=total))
        self._note.setVisible(running)
        self._bar.setAccessibleName(self._note.text())
        self._stop.setVisible(running)
        for widget in (self._start, self._compare, self.times):
            widget.setVisible(not running)

    def _on_start(self) -> None:
        self.start_requested.emit(*self.pair, self.times.value())

    def _on_compare(self) -> None:
        self.compare_requested.emit(*self.pair, self.times.value())

    def _ask_path(self, ending: str) -> None:
        dialog = QFileDialog(self, _("Save the plots"))
        dialog.setObjectName("repeat_save_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a file is never replaced: see Pages
        dialog.setNameFilter(f"*.{ending}")
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(str(Path(f"rdpgui-{self.pair[0].value}.{ending}")))
        dialog.fileSelected.connect(self.save_requested)
        dialog.open()

    def _retranslate_own(self) -> None:
        for place, found in enumerate(DISRUPTIONS):
            self.disruption.setItemText(place, labels.disruption_name(found))
        for place, access_type in enumerate(AccessType):
            self.access.setItemText(place, labels.word(access_type))
        self.disruption.setAccessibleName(_("Disruption"))
        self.access.setAccessibleName(_("Access"))
        self.times.setAccessibleName(_("How many times"))
        set_tip(self.times, _("How many times"))
        self.times.setPrefix("× ")
        self._start.setText(_("Repeat it"))
        self._compare.setText(_("Compare with a recorder on the instance"))
        self._stop.setText(_("Stop"))
        self._svg.setText(_("Save as SVG"))
        self._png.setText(_("Save as PNG"))
        set_text(
            self._hint,
            _("The same experiment several times, in the lab: how far its measures spread. "
              "The line is the median, the band holds it 19 times in 20; every mark is a run."),
        )  # fmt: skip

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._retranslate_own()
