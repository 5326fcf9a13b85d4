"""The line beside the panel's title: what the film is, how much of it is here and was looked at, and who plays it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from rdpgui.core.errors import RdpguiError
from rdpgui.i18n import _
from rdpgui.ui.film_port import PlacedFilm
from rdpgui.ui.player import film_text
from rdpgui.ui.player.deck import Deck
from rdpgui.ui.player.watching import Watching


class FilmHeader(QObject):
    """Says what is known of the film that is shown.

    Args:
        deck: holds it. watching: looks at every picture of it.

    Signals:
        changed: ``text`` is another one.
    """

    changed = Signal()

    def __init__(self, deck: Deck, watching: Watching, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._deck, self._watching = deck, watching
        self._player = ""
        self._progress: tuple[Path, int, int] | None = None
        watching.changed.connect(self.changed)
        deck.mount.part_changed.connect(self._on_part)
        deck.mount.watched.connect(self.changed)
        deck.motion.fell_back.connect(self._on_fell_back)

    @property
    def text(self) -> str:
        """Title, size, codec and length of the film; the player too when another one should have played."""
        mount = self._deck.mount
        reel, shown = mount.reel, mount.shown
        if shown is None or reel is None:
            return ""
        film, count = shown.film, len(reel.parts)
        part = _("film {n} of {count}").format(n=mount.part + 1, count=count) if count > 1 else ""
        player = _("played by {player}").format(player=self._player) if self._player else ""
        texts = (self._download_text(film), part, film_text.header(film), self._watching_text(film), player)
        return " · ".join(text for text in texts if text)

    def begin_film(self) -> None:
        """Begin anew: other films are shown, by the player that should."""
        self._player = ""
        self._watching.forget()

    def show_download(self, path: Path, done_bytes: int, total_bytes: int) -> None:
        """Say how far the download of a film is."""
        self._progress = (path, done_bytes, total_bytes)
        shown = self._deck.mount.shown
        if shown is not None and path == shown.film.path:
            self.changed.emit()

    def _watching_text(self, film: PlacedFilm) -> str:
        if film.facts.watched:
            return ""
        if self._watching.path == film.path:
            share = self._watching.per_cent
            text = _("looking at every picture … {share} %") if share else _("looking at every picture …")
            return text.format(share=share)
        return _("not every picture was looked at")

    def _download_text(self, film: PlacedFilm) -> str:
        if film.remote is None:
            return ""
        if self._progress is None or self._progress[0] != film.path or not self._progress[2]:
            return _("not downloaded")
        return _("downloading {share} %").format(share=100 * self._progress[1] // self._progress[2])

    def _on_part(self, _place: int) -> None:
        self._player = ""
        self.changed.emit()

    def _on_fell_back(self, _error: RdpguiError, name: str) -> None:
        self._player = name
        self.changed.emit()
