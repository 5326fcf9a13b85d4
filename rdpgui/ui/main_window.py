"""The window: a thin composition that renders snapshots and passes wishes on to ``orders.py``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from rdpgui.core.freshness import Moment
from rdpgui.core.ids import RunId
from rdpgui.core.preflight import PreflightCheck
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState
from rdpgui.i18n import N_, _
from rdpgui.ui.actions import HELP, Actions
from rdpgui.ui.commands import Commands, LabFault
from rdpgui.ui.experiment_page import ExperimentPage
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.notifications import NoticeBar, Notifications
from rdpgui.ui.panels.banner import Banner
from rdpgui.ui.panels.leftovers import LeftOversBar
from rdpgui.ui.render import Renderer
from rdpgui.ui.state import UiState
from rdpgui.ui.throttle import Throttle
from rdpgui.ui.widgets.tabs import Tabs

PAGES = (N_("Experiment"), N_("Matrix"), N_("Claims"), N_("History"))
HISTORY = 3
_RENDER_MS = 100
RunFolder = Callable[[RunId], Path | None]


class MainWindow(QMainWindow):
    """The whole window.

    Args:
        commands: what it may ask for. film: the film panel, a QWidget too.
        run_folder: gives the folder of a run, for its stills and film.

    Attributes:
        scenarios: names of the lab's scenarios that can be opened.

    Signals:
        close_requested: the person wants to leave. The app calls ``ask_before_close`` when runs are under way, else
            it shuts down. leave_confirmed: the person leaves although runs are under way.
    """

    close_requested = Signal()
    leave_confirmed = Signal()

    def __init__(
        self,
        commands: Commands,
        *,
        film: FilmView,
        notifications: Notifications,
        run_folder: RunFolder,
        settings: Settings,
    ) -> None:
        super().__init__()
        if not isinstance(film, QWidget):
            raise TypeError("the film panel is not a widget")
        self.setObjectName("main_window")
        self.commands = commands
        self.settings = settings
        self.scenarios: tuple[str, ...] = (settings.scenario,)
        self.ui_state = UiState(self)
        self.actions_by_name = Actions(self)
        self.notifications = notifications
        self.banner = Banner()
        self.notices = NoticeBar(notifications)
        self.leftovers = LeftOversBar()
        self.experiment = ExperimentPage(film)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.experiment)
        for _page in PAGES[1:]:
            self.pages.addWidget(QWidget())  # built when first shown
        self._build()
        self.renderer = Renderer(self, film, run_folder)
        self._throttle = Throttle(self.renderer.render, _RENDER_MS, self)
        self.ui_state.changed.connect(self._throttle.request)
        # After everything exists: the orders connect what the panels ask for.
        from rdpgui.ui.orders import Orders

        self.orders = Orders(self, film)
        self.setMinimumSize(1180, 700)
        self.resize(1600, 1000)
        self._retranslate()

    # -- what the app calls ----------------------------------------------------

    def render_state(self, state: AppState) -> None:
        """Show a snapshot: now, or with the newest one when the last was shown a moment ago."""
        self.renderer.state = state
        self._throttle.request()

    def show_settings(self, settings: Settings) -> None:
        """Take over changed settings."""
        self.settings = settings
        self._throttle.request()

    def show_preflight(self, checks: Sequence[PreflightCheck] | None, *, running: bool = False) -> None:
        """Show the preflight checks of the selected instance."""
        self.experiment.preflight.show_checks(checks, running=running)

    def show_matrix_progress(self, done: int, total: int, *, running: bool) -> None:
        """Show how far the matrix is."""
        self.renderer.show_matrix_progress(done, total, running=running)

    def forget_place(self) -> None:
        """Let go of everything that belongs to the place looked at: choices, dialogs, checks, messages."""
        for dialog in self.findChildren(QDialog):
            dialog.reject()
        self.ui_state.forget()
        self.show_preflight(None)
        self.show_matrix_progress(0, 0, running=False)
        self.notices.forget()

    def let_go_of(self, run_ids: Sequence[RunId]) -> None:
        """Show nothing of runs whose folders are about to go, their films least of all."""
        self.renderer.let_go_of(run_ids)

    def show_films_gone(self, run_ids: frozenset[RunId]) -> None:
        """Tell of these runs that their films are no longer here."""
        self.renderer.films_gone = run_ids
        self._throttle.request()

    def show_lab_faults(self, faults: Sequence[LabFault], kinds: Sequence[str]) -> None:
        """Show the fault rules of the lab, and which kinds there are."""
        self.orders.of_dialogs.show_lab_faults(faults, kinds)

    def ask_before_close(self) -> None:
        """Ask whether to leave while runs are under way; ``leave_confirmed`` comes when the answer is yes."""
        from rdpgui.ui.dialogs.close_question import CloseDialog

        dialog = CloseDialog(self.renderer.state.active_runs, self)
        dialog.leave.connect(self.leave_confirmed)
        dialog.open()

    # -- pages -----------------------------------------------------------------

    def show_page(self, place: int) -> None:
        """Show a page by its place in ``PAGES``."""
        self.tabs.setCurrentIndex(place)

    def _on_tab(self, place: int) -> None:
        self.renderer.ensure_page(place)
        self.pages.setCurrentIndex(place)
        if place == HISTORY:
            self.commands.look_for_films()
        self._throttle.request()

    # -- building --------------------------------------------------------------

    def _build(self) -> None:
        self.tabs = Tabs()
        self.tabs.setObjectName("tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for _page in PAGES:
            self.tabs.addTab("")
        self.tabs.currentChanged.connect(self._on_tab)
        self._palette_button = QToolButton()
        self._palette_button.setObjectName("palette_button")
        self._palette_button.setProperty("flat", True)
        self._palette_button.clicked.connect(self.actions_by_name["palette"].trigger)
        self._menu_button = QToolButton()
        self._menu_button.setObjectName("menu_button")
        self._menu_button.setProperty("flat", True)
        self._menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menus = self._make_menu()
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._tab_row())
        column.addWidget(self._notice_row())
        column.addWidget(self.pages, 1)
        self.setCentralWidget(whole)

    def _tab_row(self) -> QWidget:
        tab_row = QWidget()
        tab_row.setObjectName("tab_row")
        tab_row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(tab_row)
        row.setContentsMargins(8, 0, 10, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self._palette_button)
        row.addWidget(self._menu_button)
        return tab_row

    def _notice_row(self) -> QWidget:
        notice_row = QWidget()
        around = QVBoxLayout(notice_row)
        around.setContentsMargins(8, 0, 8, 0)
        around.setSpacing(0)
        around.addWidget(self.leftovers)
        around.addWidget(self.notices)
        return notice_row

    def _make_menu(self) -> dict[str, QMenu]:
        """Return the button's submenus by group: all in one list would be higher than a screen."""
        menu = QMenu(self)
        self._menu_button.setMenu(menu)
        menus: dict[str, QMenu] = {}
        for spec, action in self.actions_by_name.items():
            if spec.group == HELP:
                if HELP not in menus:
                    menu.addSeparator()
                    menus[HELP] = menu
            elif spec.group not in menus:
                menus[spec.group] = menu.addMenu("")
            menus[spec.group].addAction(action)
        return menus

    def _retranslate(self) -> None:
        self.setWindowTitle(_("rdpgui: does the recording survive?"))
        for place, page in enumerate(PAGES):
            self.tabs.setTabText(place, _(page))
        self.tabs.setAccessibleName(_("Pages"))
        self._palette_button.setText(_("Commands  {keys}").format(keys="Ctrl+K"))
        self._menu_button.setText(_("Menu"))
        self.actions_by_name.retranslate()
        for group, menu in self._menus.items():
            menu.setTitle(_(group))

    def retranslate(self) -> None:
        """Show everything in the language in use: called by the app after ``set_language``."""
        self._retranslate()
        for widget in self.findChildren(QWidget):
            QGuiApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))
        self.renderer.force()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the app to leave instead of closing at once."""
        event.ignore()
        self.close_requested.emit()

    def now(self) -> datetime:
        """Return the time, for countdowns and elapsed spans."""
        return datetime.now(UTC)

    def moment(self) -> Moment:
        """Return now on both clocks: what is shown in the present is judged by it."""
        return Moment(self.now(), time.monotonic())
