"""Looks at every picture of the films shown, in the background: a long film is shown before that is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import FilmFacts
from rdpgui.files import FileIdentity, identity_of
from rdpgui.ui.player.deck import Deck
from rdpgui.ui.tasks import TaskScope

_TASK = "film watch"
_KEPT = 8


class FilmWatcher(Protocol):
    """Looks at every picture of a film, however long that takes; cancelling it ends the work."""

    async def watch(self, path: PurePath, on_progress: Callable[[float], None]) -> FilmFacts:
        """Return the facts of a local film with every picture looked at, and tell meanwhile the share that was.

        Raises RecordingUnreadable.
        """


class Watching(QObject):
    """Watches the films on the deck that were not watched when they were inspected, one after the other.

    Attributes:
        path: the film that is looked at now, None while there is none.
        per_cent: of its pictures that were looked at.

    Signals:
        changed: another film is looked at, or none any more, or more of it was.
    """

    changed = Signal()

    def __init__(
        self, deck: Deck, watcher: FilmWatcher | None, tasks: TaskScope, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._deck, self._watcher, self._tasks = deck, watcher, tasks
        self._known: dict[tuple[Path, FileIdentity | None], FilmFacts] = {}
        self._done: set[Path] = set()
        self.path: Path | None = None
        self.per_cent = 0
        deck.desk.opened.connect(self._next)
        deck.downloaded.connect(self._next)

    def forget(self) -> None:
        """Look at nothing more: other films are shown now."""
        self._tasks.cancel(_TASK)
        self._done.clear()
        self._set_path(None)

    def _next(self) -> None:
        reel = self._deck.mount.reel
        if self._watcher is None or reel is None or self.path is not None:
            return
        waiting = (part.film.path for part in reel.parts if not part.facts.watched and part.film.remote is None)
        path = next((path for path in waiting if path not in self._done), None)
        if path is None:
            return
        known = self._known.get((path, identity_of(path)))
        if known is not None:
            self._take(path, known)
            return
        self._set_path(path)
        look = self._watcher.watch(path, self._on_progress)
        self._tasks.start(_TASK, look, on_done=self._on_watched, on_error=self._on_error)

    def _on_progress(self, share: float) -> None:
        per_cent = int(share * 100)
        if per_cent != self.per_cent:
            self.per_cent = per_cent
            self.changed.emit()

    def _on_watched(self, facts: FilmFacts) -> None:
        path = self.path
        self._set_path(None)
        if path is not None:
            self._known[path, identity_of(path)] = facts
            if len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
            self._take(path, facts)

    def _take(self, path: Path, facts: FilmFacts) -> None:
        self._deck.mount.take_watched(path, facts)
        self._done.add(path)
        self._next()

    def _on_error(self, _error: RdpguiError) -> None:
        """The film stays as it was inspected; its header goes on saying that not every picture was looked at."""
        if self.path is not None:
            self._done.add(self.path)
        self._set_path(None)
        self._next()

    def _set_path(self, path: Path | None) -> None:
        if path != self.path:
            self.path, self.per_cent = path, 0
            self.changed.emit()
