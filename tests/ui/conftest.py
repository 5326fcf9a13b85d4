"""A window with recorded commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from rdpgui.core.ids import RunId
from rdpgui.core.session import AccessType
from rdpgui.core.settings import Settings, Theme
from rdpgui.core.state import AppState
from rdpgui.ui.commands import Commands
from rdpgui.ui.notifications import Notifications
from rdpgui.ui.panels.film_place import FilmPlace
from rdpgui.ui.stage.port import PicturePort
from rdpgui.ui.theme import Theming
from rdpgui.ui.workbench import Workbench


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> None:
    """A widget that is made before the application ends the process; any test here may be the first."""


class RecordedCommands:
    """Remembers every order: name, positional and keyword arguments."""

    def __init__(self) -> None:
        self.orders: list[tuple[Any, ...]] = []

    def for_window(self, _workbench: Workbench) -> Commands:
        """Take every part of a window's orders."""
        return Commands(**dict.fromkeys((port.name for port in fields(Commands)), self))

    def read_runs(self, run_ids: Sequence[RunId], *, on_read: Callable[[], None] | None = None) -> None:
        """Every run of a test's snapshot is there as a whole: it is read at once."""
        self.orders.append(("read_runs", tuple(run_ids)))
        if on_read is not None:
            on_read()

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)

        def order(*args: Any, **kwargs: Any) -> None:
            self.orders.append((name, *args, *kwargs.values()))

        return order


class Bench:
    """The window under test with its surroundings."""

    def __init__(self, folder: Path, pictures: PicturePort | None = None) -> None:
        self.commands = RecordedCommands()
        self.notifications = Notifications()
        self.film = FilmPlace()
        self.folder = folder
        still = QImage(64, 36, QImage.Format.Format_RGB32)
        still.fill(QColor("#0b5cab"))
        still.save(str(folder / "last_frame.png"))
        for name in ("film.mp4", "recording.mp4"):
            (folder / name).touch()
        self.workbench = Workbench(
            self.commands.for_window,
            film=self.film,
            notifications=self.notifications,
            run_folder=self.folder_of,
            settings=Settings(theme=Theme.DARK),
            pictures=pictures,
        )
        self.window = self.workbench.window

    def folder_of(self, run_id: object) -> Path:
        """Every run lies in the test's folder."""
        return self.folder

    def forget(self) -> None:
        """Look at nothing, as a window that was just opened."""
        self.commands.orders.clear()
        self.window.ui_state.choose_access_type(AccessType.STANDARD)
        self.window.ui_state.forget()
        self.window.show_page(0)
        self.show(AppState())
        self.workbench.rendering.force()

    def show(self, state: AppState) -> None:
        """Render a state at once."""
        self.workbench.looked.state = state
        self.workbench.rendering.render()

    def find(self, kind: type[Any], name: str) -> Any:
        """Return a widget by object name; it must exist."""
        found = self.window.findChild(kind, name)
        assert found is not None, f"there is no {kind.__name__} named {name}"
        return found

    def text(self, name: str) -> str:
        """Return the text of a label by name."""
        widget: Any = self.find(QWidget, name)
        whole = getattr(widget, "whole", None)
        return str(whole if whole is not None else widget.text())

    def press(self, name: str) -> None:
        """Press a button by name; it must be enabled."""
        button = self.find(QAbstractButton, name)
        assert button.isEnabled(), f"{name} is disabled"
        button.click()

    def dialog(self, name: str) -> Any:
        """Return an open dialog."""
        found = [w for w in QApplication.topLevelWidgets() if w.objectName() == name and w.isVisible()]
        assert len(found) == 1, f"{name} is not open"
        return found[0]


@pytest.fixture(scope="session")
def themed(qapp: QApplication) -> Theming:
    """The application with style, fonts and colours, once."""
    made = Theming(qapp)
    made.start(Theme.DARK, dressed=False)
    return made


@pytest.fixture
def bare(qapp: QApplication, themed: Theming) -> Iterator[Theming]:
    """The application without its style sheet, for what is built and dressed then, in a quarter of the time."""
    yield themed
    themed.apply(Theme.DARK)
    qapp.setStyleSheet("")


@pytest.fixture
def theming(bare: Theming) -> Theming:
    """The application with the dark theme."""
    bare.dress()
    return bare


@contextmanager
def _window(theming: Theming, folder: Path) -> Iterator[Bench]:
    made = Bench(folder)
    theming.dress()
    made.window.show()
    yield made
    made.window.hide()
    made.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def opened_bench(qtbot: Any, bare: Theming, tmp_path: Path) -> Iterator[Bench]:
    """A window that was just opened."""
    with _window(bare, tmp_path) as made:
        yield made


@pytest.fixture
def bench(opened_bench: Bench) -> Bench:
    """A window at its usual size."""
    return opened_bench


@pytest.fixture(scope="module")
def kept_bench(qapp: QApplication, themed: Theming, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One window for all tests of a file, each of which says size, language and snapshot: building it takes longest."""
    with _window(themed, tmp_path_factory.mktemp("bench")) as made:
        yield made
    themed.apply(Theme.DARK)
    qapp.setStyleSheet("")
