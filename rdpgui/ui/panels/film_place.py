"""The place of the film where no player is built in: shows the last frame, the name and the facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from rdpgui.core.film import FilmFacts
from rdpgui.i18n import N_, _
from rdpgui.ui import formats
from rdpgui.ui.film_port import ComparedRun, Marker, PlacedFilm, SeenFrame
from rdpgui.ui.theme import tokens
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.still import StillView


class FilmPlace(Card):
    """Stands where the player stands.

    Attributes:
        compared: the runs that were to be compared, which needs a player.

    Signals:
        position_changed: seconds from the film's start. frame_changed: another picture, or none.
        clock_adjusted, open_requested: never.
    """

    position_changed = Signal(float)
    frame_changed = Signal()
    clock_adjusted = Signal(object, float)
    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Recording"), "film_panel", parent)
        self._facts: FilmFacts | None = None
        self._path: Path | None = None
        self._why_none = ""
        self._starts_at: datetime | None = None
        self._adjusted_s = 0.0
        self.compared: tuple[ComparedRun, ComparedRun] | None = None
        self._still = StillView("film_still")
        self.body.addWidget(self._still, 1)
        self._retranslate_own()

    @property
    def frame(self) -> SeenFrame | None:
        """Return the last frame, which is all that is shown here."""
        if self._facts is None or self._path is None:
            return None
        return SeenFrame(self._path, self._facts.last_frame_pts_s)

    def show_film(
        self, path: Path, facts: FilmFacts, *, starts_at: datetime | None, lab: bool, adjusted_s: float = 0.0
    ) -> None:
        """Show the facts and, when it lies beside the film, the last frame."""
        self._facts, self._path, self._starts_at = facts, path, starts_at
        self._adjusted_s = adjusted_s
        parts = [path.name, f"{facts.width}×{facts.height}", facts.codec.upper(), formats.seconds(facts.duration_s)]
        self.subtitle.set_whole(" · ".join(["LAB", *parts] if lab else parts))
        still = next(iter(sorted(path.parent.glob("*.png"))), None)
        self._still.show_still(still, tokens().border, _("The film is kept in the run's folder."))
        self.frame_changed.emit()

    def show_films(self, films: Sequence[PlacedFilm], *, lab: bool, adjusted_s: float = 0.0) -> None:
        """Show the first of several films."""
        first = films[0]
        self.show_film(first.path, first.facts, starts_at=first.starts_at, lab=lab, adjusted_s=adjusted_s)

    def show_download(self, path: Path, done_bytes: int, total_bytes: int) -> None:
        """A film that is not there yet has no place here."""

    def use_download(self, path: Path, *, verified: bool) -> None:
        """Nothing to read anew."""

    def set_offset(self, path: Path, adjusted_s: float) -> None:
        """Take over a correction that was recorded."""
        self._adjusted_s = adjusted_s

    def set_markers(self, markers: list[Marker]) -> None:
        """Markers need a seek bar; the timeline above shows them."""

    def seek_wall(self, at: datetime) -> None:
        """Report the position that was asked for."""
        if self._starts_at is not None:
            self.position_changed.emit((at - self._starts_at).total_seconds() - self._adjusted_s)

    def seek_end(self) -> None:
        """Report the end."""
        if self._facts is not None:
            self.position_changed.emit(self._facts.last_frame_pts_s)

    def clear(self, why: str = "") -> None:
        """Show no film, and why there is none."""
        self._facts, self._path, self._why_none = None, None, why
        self.frame_changed.emit()
        self.subtitle.set_whole("")
        self._retranslate_own()

    def compare(self, left: ComparedRun, right: ComparedRun) -> None:
        """Remember what was asked for."""
        self.compared = (left, right)

    def _retranslate_own(self) -> None:
        if self._facts is None:
            later = _("No film yet. It appears here as soon as a recording has arrived and was verified.")
            text = _(self._why_none) or later
            self._still.show_still(None, tokens().border, text)

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._retranslate_own()
