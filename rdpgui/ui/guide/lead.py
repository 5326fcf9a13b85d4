"""Leads through the first run: lights what is next, beside it says what it does, and goes for good when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import RunId
from rdpgui.i18n import _
from rdpgui.ui.guide.bubble import Bubble
from rdpgui.ui.guide.ring import Ring
from rdpgui.ui.guide.steps import TEXTS, UNUSABLE, Progress, Step, next_step
from rdpgui.ui.main_window import Page
from rdpgui.ui.room.layout import Room

if TYPE_CHECKING:
    from rdpgui.core.state import AppState
    from rdpgui.ui.commands import SettingsPort
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow

SETTING = "first_steps"
_PICTURE_SHARE = 0.77
"""Of the stage's height is above the film's axis, thumbnails and buttons; the words of a shutdown stand higher."""
_MOVES = (
    QEvent.Type.Resize,
    QEvent.Type.Move,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.LayoutRequest,
)


class Guide(QObject):
    """Shows the next step as long as a person wants to be led.

    Args:
        window: its experiment page. looked: the newest snapshot, and which run is looked at.
        settings: keeps that nobody wants to be led any more.
        everywhere: also on an account; by itself it leads on the lab alone.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, settings: SettingsPort, *, everywhere: bool) -> None:
        super().__init__(window)
        self._window, self._looked, self._settings = window, looked, settings
        self._page = window.experiment
        self._everywhere = everywhere
        self._done = False
        self._step = Step.CHOOSE
        self._chosen = False
        self._led: set[RunId] = set()
        self._lit: QWidget | None = None
        self._over = over = window.centralWidget() or window
        self.ring, self.bubble = Ring(over), Bubble(over)
        self.bubble.next_requested.connect(self._on_chosen)
        self.bubble.dismissed.connect(self.end)
        self._page.instances.instance_selected.connect(self._on_chosen)
        window.page_shown.connect(self.render)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._place)
        over.installEventFilter(self)

    def render(self) -> None:
        """Light what is next in the newest snapshot."""
        state = self._looked.state
        if self._done or not self._is_wanted(state):
            self._rest()
            return
        step = next_step(self._progress(state))
        self._say(step)
        self._step = step
        self._light(self._target(step))
        if step is Step.READ:
            self._keep_done()  # also when the window is closed now

    def _rest(self) -> None:
        """Leave the last sentence where it is read, as long as it is; it may have to be said in another language."""
        if not self._done or self._window.page is not Page.EXPERIMENT or self._page.rooms.room is not Room.JUDGE:
            self._light(None)
        elif self._lit is not None:
            self._say(self._step)

    def _say(self, step: Step) -> None:
        instance_id = self._window.ui_state.instance_id
        name = self._looked.name_of(instance_id) if instance_id is not None else ""
        unusable = step is Step.CHOOSE and self._chosen and not self._page.disruptions.arm.isEnabled()
        self.bubble.show_step(step, _(UNUSABLE if unusable else TEXTS[step]).format(name=name))

    def _is_wanted(self, state: AppState) -> bool:
        """Whether there is something to lead to on the page that is shown."""
        here = state.place is not None and (state.place.lab or self._everywhere)
        return here and bool(state.instances) and self._window.page is Page.EXPERIMENT and not state.emergency

    def _progress(self, state: AppState) -> Progress:
        run, instance_id = self._looked.run, self._window.ui_state.instance_id
        running = run is not None and run.active
        if run is not None and running:
            self._led.add(run.run_id)
        arming, now = state.arming, self._looked.moment().at
        return Progress(
            chosen=self._chosen,
            may_arm=self._page.disruptions.arm.isEnabled(),
            armed=arming is not None and arming.instance_id == instance_id and arming.holds_at(now),
            running=running,
            judged=run is not None and run.verdict is not None and run.run_id in self._led,
        )

    def _target(self, step: Step) -> QWidget:
        page = self._page
        targets: dict[Step, QWidget] = {
            Step.CHOOSE: page.instances,
            Step.ARM: page.disruptions.arm,
            Step.DISRUPT: page.disruptions.buttons[DisruptionId.OS_SHUTDOWN],
            Step.WATCH: page.stage,
            Step.READ: page.verdict,
        }
        return targets[step]

    def _on_chosen(self) -> None:
        self._chosen = True
        self.render()

    def end(self) -> None:
        """Lead no more, now and at every later start."""
        self._light(None)
        self._keep_done()

    def leave(self) -> None:
        """Go without a word; another one takes over."""
        self._light(None)
        for widget in (self.ring, self.bubble):
            widget.deleteLater()
        self.deleteLater()

    def _keep_done(self) -> None:
        if not self._done:
            self._done = True
            self._settings.set_setting(SETTING, False)

    # -- where it is -------------------------------------------------------------

    def _light(self, target: QWidget | None) -> None:
        if target is not self._lit:
            if self._lit is not None:
                self._lit.removeEventFilter(self)
            self._lit = target
            if target is not None:
                target.installEventFilter(self)
        self._place()

    def _place(self) -> None:
        lit = self._lit
        shown = lit is not None and lit.isVisibleTo(self._over)
        self.ring.setVisible(shown)
        self.bubble.setVisible(shown)
        if lit is None or not shown:
            return
        place = self._where(lit)
        self.ring.put_round(place)
        self.ring.raise_()
        if self._step in (Step.ARM, Step.DISRUPT):  # beside the whole card: its other buttons stay free
            card = self._where(self._page.disruptions)
            place = QRect(card.left(), place.top(), card.width(), place.height())
        elif self._step is Step.READ:  # on the picture: its axis, with the end that matters, stays free
            place = self._where(self._page.stage)
            place.setHeight(round(place.height() * _PICTURE_SHARE))
        sides = {Step.CHOOSE: Qt.Edge.RightEdge, Step.ARM: Qt.Edge.LeftEdge, Step.DISRUPT: Qt.Edge.LeftEdge}
        self.bubble.put_beside(place, self._over.rect(), sides.get(self._step))

    def _where(self, widget: QWidget) -> QRect:
        return QRect(widget.mapTo(self._over, QPoint(0, 0)), widget.size())

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what is lit, once the layouts have come to rest."""
        if event.type() in _MOVES and not self._soon.isActive():
            self._soon.start()
        return super().eventFilter(watched, event)
