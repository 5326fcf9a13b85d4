"""The experiment page: instances and sessions, timeline and film, experiment and verdict, run log."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.ui.panels.disruptions import DisruptionsPanel
from rdpgui.ui.panels.instances import InstancesPanel
from rdpgui.ui.panels.preflight import PreflightPanel
from rdpgui.ui.panels.recording import RecordingPanel
from rdpgui.ui.panels.run_log import RunLogPanel
from rdpgui.ui.panels.sessions import SessionsPanel
from rdpgui.ui.panels.timeline import TimelinePanel
from rdpgui.ui.panels.verdict import VerdictPanel
from rdpgui.ui.room.layout import RoomLayout
from rdpgui.ui.stage.limits_bar import LimitsBar
from rdpgui.ui.stage.pictures_card import PicturesCard
from rdpgui.ui.stage.place import StagePlace

_GAP = 8
_INSTANCES_HEIGHT = 293


def _splitter(orientation: Qt.Orientation, name: str, *widgets: QWidget) -> QSplitter:
    made = QSplitter(orientation)
    made.setObjectName(name)
    made.setHandleWidth(_GAP)
    made.setChildrenCollapsible(False)
    for widget in widgets:
        made.addWidget(widget)
    return made


def _column(*items: tuple[QWidget, int]) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(_GAP)
    for widget, stretch in items:
        column.addWidget(widget, stretch)
    return made


class ExperimentPage(QWidget):
    """Lays the panels out; the window fills them.

    Args:
        film: the film panel.
    """

    def __init__(self, film: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("experiment_page")
        self.instances = InstancesPanel()
        self.sessions = SessionsPanel()
        self.recording = RecordingPanel()
        self.timeline = TimelinePanel()
        self.film = film
        self.stage = StagePlace(film)
        self.limits = LimitsBar()
        self.preflight = PreflightPanel()
        self.disruptions = DisruptionsPanel()
        self.verdict = VerdictPanel()
        self.log = RunLogPanel()
        self.pictures = PicturesCard()
        self.left = self._make_left()
        middle = _column((self.stage.strip, 0), (self.limits, 0), (self.timeline, 0), (self.stage, 1))
        middle.setMinimumWidth(464)
        self.top = _splitter(Qt.Orientation.Horizontal, "split_top", self.left, middle)
        self.top.setStretchFactor(0, 0)
        self.top.setStretchFactor(1, 1)
        self.top.setSizes([392, 800])
        self.main = _splitter(Qt.Orientation.Vertical, "split_main", self.top, self.log)
        self.main.setStretchFactor(0, 5)
        self.main.setStretchFactor(1, 1)
        self.main.setSizes([700, 160])
        self.log.setMinimumHeight(96)
        right = self._make_right()
        self.whole = _splitter(Qt.Orientation.Horizontal, "split_whole", self.main, right)
        self.whole.setStretchFactor(0, 1)
        self.whole.setStretchFactor(1, 0)
        self.whole.setSizes([1200, 352])
        self.rooms = self._make_rooms(right)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(_GAP, _GAP, _GAP, _GAP)
        outer.addWidget(self.whole)

    def _make_left(self) -> QSplitter:
        """Return what is chosen from: seven instances are whole at the window's own size, a smaller one costs all."""
        left = _splitter(Qt.Orientation.Vertical, "split_left", self.instances, self.sessions, self.recording)
        left.setMinimumWidth(344)
        left.setSizes([_INSTANCES_HEIGHT, 148, 260])
        for place, share in enumerate((4, 3, 3)):
            left.setStretchFactor(place, share)
        return left

    def _make_right(self) -> QWidget:
        """Return what is done and judged. The verdict has what the others leave, and never less than its word.

        It takes no share of a height that it would like to have.
        """
        right = _column((self.preflight, 0), (self.disruptions, 0), (self.verdict, 6), (self.pictures, 0))
        right.setMinimumWidth(330)
        self.verdict.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        return right

    def _make_rooms(self, right: QWidget) -> RoomLayout:
        column = right.layout()
        assert isinstance(column, QVBoxLayout)  # noqa: S101  (made above)
        chosen_from = (self.instances, self.sessions, self.recording, self.timeline)
        return RoomLayout(
            left=self.left,
            main=self.main,
            whole=self.whole,
            right=column,
            cards=(
                *chosen_from,
                self.timeline,
                self.preflight,
                self.disruptions,
                self.verdict,
                self.pictures,
                self.log,
            ),
            recording=self.recording,
            log=self.log,
            offered=(self.pictures,),
        )

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the picture its share of the window."""
        super().resizeEvent(event)
        self.rooms.fit(event.size())

    def show_lab(self, here: bool, run: bool | None) -> None:
        """Mark what is of the lab.

        Args:
            here: whether the place that is looked at is.
            run: whether the run's is; None when there is no run.
        """
        for card in (self.instances, self.sessions, self.disruptions, self.preflight):
            card.show_lab(here)
        self.log.show_lab(here if run is None else run)  # it shows the run's lines
        for shows_run in (self.recording, self.verdict, self.timeline):
            shows_run.show_lab(bool(run))

    def show_ends(self, *, end_refused: str, start_refused: str) -> None:
        """Allow to end the session and to start the instance that are looked at, or say why not."""
        self.sessions.show_end(end_refused)
        self.disruptions.show_start(start_refused)

    def find_instance(self) -> None:
        """Put the cursor where instances are searched."""
        self.rooms.open(self.instances.objectName())
        self.instances.search.setFocus()

    def find_log(self) -> None:
        """Put the cursor where the log is filtered."""
        self.rooms.open(self.log.objectName())
        self.log.search.setFocus()
