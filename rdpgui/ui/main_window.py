"""The window itself: banner, pages, menus. ``workbench`` puts into it what renders snapshots and carries out wishes."""

from __future__ import annotations

from enum import IntEnum

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

from rdpgui.core.settings import Settings
from rdpgui.i18n import N_, _, ngettext
from rdpgui.ui import accessible
from rdpgui.ui.actions import HELP, Actions
from rdpgui.ui.experiment_page import ExperimentPage
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.notifications import NoticeBar, Notifications
from rdpgui.ui.panels.banner import Banner
from rdpgui.ui.panels.leftovers import LeftOversBar
from rdpgui.ui.panels.sign_in import SignInBar
from rdpgui.ui.plain import set_tip
from rdpgui.ui.state import UiState
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.floating import Floating
from rdpgui.ui.widgets.small import label, pill, set_text
from rdpgui.ui.widgets.tabs import Tabs


class Page(IntEnum):
    """The pages, in the order of their tabs."""

    EXPERIMENT = 0
    MATRIX = 1
    CLAIMS = 2
    HISTORY = 3
    REPEAT = 4
    NOTES = 5


PAGES = {
    Page.EXPERIMENT: N_("Experiment"),
    Page.MATRIX: N_("Matrix"),
    Page.CLAIMS: N_("Claims"),
    Page.HISTORY: N_("History"),
    Page.REPEAT: N_("Repeat"),
    Page.NOTES: N_("Field notes"),
}
"""What each page is called, an English message id."""


class MainWindow(QMainWindow):
    """The whole window.

    Args:
        film: the film panel, a QWidget too. settings: those in force.

    Attributes:
        scenarios: names of the lab's scenarios that can be opened.

    Signals:
        close_requested: the person wants to leave. leave_confirmed: although runs are under way.
        page_opening: a page is about to be shown. page_shown: it is.
    """

    close_requested = Signal()
    leave_confirmed = Signal()
    page_opening = Signal(int)
    page_shown = Signal(int)

    def __init__(self, *, film: FilmView, notifications: Notifications, settings: Settings) -> None:
        super().__init__()
        if not isinstance(film, QWidget):
            raise TypeError("the film panel is not a widget")
        self.setObjectName("main_window")
        accessible.install()
        self.settings = settings
        self.scenarios: tuple[str, ...] = (settings.scenario,)
        self.ui_state = UiState(self)
        self.actions_by_name = Actions(self)
        self.notifications = notifications
        self.banner = Banner()
        self.notices = NoticeBar(notifications)
        self.leftovers = LeftOversBar()
        self.sign_in = SignInBar()
        self.experiment = ExperimentPage(film)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.experiment)
        for _page in list(Page)[1:]:
            self._pages.addWidget(QWidget())  # built when first shown
        self._build()
        self.setMinimumSize(1180, 700)
        self.resize(1600, 1000)
        self._retranslate()

    def show_aliases(self, *, on: bool) -> None:
        """Say that invented names are shown."""
        self._aliases.setVisible(on)

    def forget_place(self) -> None:
        """Let go of everything that belongs to the place looked at: choices, dialogs, checks, messages."""
        for dialog in self.findChildren(QDialog):
            dialog.reject()
        self.ui_state.forget()
        self.experiment.preflight.show_checks(None)
        self.notices.forget()

    def show_calls(self, calls_a_minute: int | None) -> None:
        """Say what looking at the account costs; None: nothing to be said."""
        self._calls.setVisible(calls_a_minute is not None)
        if calls_a_minute is not None:
            set_text(self._calls, ngettext("{n} call/min", "{n} calls/min", calls_a_minute).format(n=calls_a_minute))

    # -- pages -----------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return Page(self._pages.currentIndex())

    def show_page(self, page: int) -> None:
        """Show a page."""
        self._tabs.setCurrentIndex(page)

    def fill_page(self, page: Page, panel: QWidget) -> None:
        """Put a panel on its page."""
        holder = self._pages.widget(page)
        if holder is None:
            raise LookupError(f"there is no page {page}")
        column = QVBoxLayout(holder)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(panel)

    def polish(self, page: Page) -> None:
        """Dress what is on a page now, not when it is shown."""
        holder = self._pages.widget(page)
        for widget in holder.findChildren(QWidget) if holder is not None else ():
            widget.ensurePolished()

    def _on_tab(self, place: int) -> None:
        self.page_opening.emit(place)
        self._pages.setCurrentIndex(place)
        self.page_shown.emit(place)

    # -- building --------------------------------------------------------------

    def _build(self) -> None:
        self._tabs = Tabs()
        self._tabs.setObjectName("tabs")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        for _page in Page:
            self._tabs.addTab("")
        self._tabs.currentChanged.connect(self._on_tab)
        self._calls = label(role="dim", name="calls_a_minute")
        self._calls.hide()
        self._palette_button = QToolButton()
        self._palette_button.setObjectName("palette_button")
        self._palette_button.setProperty("flat", True)
        self._palette_button.clicked.connect(self.actions_by_name["palette"].trigger)
        self._present_button = QToolButton()
        self._present_button.setObjectName("present_button")
        self._present_button.setProperty("flat", True)
        self._present_button.clicked.connect(self.actions_by_name["present"].trigger)
        self._aliases = pill(tone=Tone.INFO, name="aliases_shown")
        self._aliases.hide()
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
        tab_row = self._tab_row()
        column.addWidget(tab_row)
        column.addWidget(self._leftover_row())
        column.addWidget(self._pages, 1)
        self.setCentralWidget(whole)
        self._floating = Floating(self.notices, whole, tab_row)  # nothing jumps because of a message

    def _tab_row(self) -> QWidget:
        tab_row = QWidget()
        tab_row.setObjectName("tab_row")
        tab_row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(tab_row)
        row.setContentsMargins(8, 0, 10, 0)
        row.addWidget(self._tabs)
        row.addStretch(1)
        row.addWidget(self._calls)
        row.addWidget(self._aliases)
        row.addWidget(self._present_button)
        row.addWidget(self._palette_button)
        row.addWidget(self._menu_button)
        return tab_row

    def _leftover_row(self) -> QWidget:
        leftover_row = QWidget()
        around = QVBoxLayout(leftover_row)
        around.setContentsMargins(8, 0, 8, 0)
        around.setSpacing(0)
        around.addWidget(self.sign_in)
        around.addWidget(self.leftovers)
        return leftover_row

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
        for page, title in PAGES.items():
            self._tabs.setTabText(page, _(title))
        self._tabs.setAccessibleName(_("Pages"))
        self._palette_button.setText(_("Commands  {keys}").format(keys="Ctrl+K"))
        self._present_button.setText(_("Presenter view  {keys}").format(keys="F11"))
        self._menu_button.setText(_("Menu"))
        set_tip(
            self._calls,
            _(
                "Calls to AWS within the last minute. In a large account what is in view and what runs work on is read "
                "at each look; everything else comes round slowly."
            ),
        )
        set_text(self._aliases, _("Invented names"))
        set_tip(self._aliases, _("Names that are painted in a film or on a picture of a screen stay as they are."))
        self.actions_by_name.retranslate()
        for group, menu in self._menus.items():
            menu.setTitle(_(group))

    def retranslate(self) -> None:
        """Show what the window itself says in the language in use."""
        self._retranslate()
        for widget in self.findChildren(QWidget):
            QGuiApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the app to leave instead of closing at once."""
        event.ignore()
        self.close_requested.emit()
