"""Save the shown frame: its times stand in the PNG's metadata, never in its pixels."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from rdpgui.core.film import SHAPE_KEYWORD, Still
from rdpgui.i18n import _
from rdpgui.ui.player.deck import Deck
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.presenter import Presenter
from rdpgui.ui.player.stills_port import StillsPort
from rdpgui.ui.tasks import TaskScope


class Snapshots(QObject):
    """Writes the frame that stands beside its film.

    Args:
        deck: the film. presenter: says what became of it. stills: writes. tasks: where that runs.

    Signals:
        saved: path of the PNG.
    """

    saved = Signal(str)

    def __init__(
        self, deck: Deck, presenter: Presenter, stills: StillsPort, tasks: TaskScope, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._deck, self._presenter = deck, presenter
        self._stills, self._tasks = stills, tasks
        self._wanted = False
        deck.still_picture.connect(self._save_wanted)

    def take(self) -> None:
        """Save the frame that stands; a playing film is stopped on it first."""
        self._wanted = True
        if self._deck.playing:
            self._deck.pause()
        elif not self._deck.desk.waiting:
            self._save_wanted()

    def forget(self) -> None:
        """Save nothing: another film is shown."""
        self._wanted = False

    def _save_wanted(self) -> None:
        path, still = self._presenter.path, self._deck.desk.current
        if not self._wanted or path is None or still is None:
            return
        self._wanted = False
        number = f"{still.index + 1:06d}" if still.index is not None else f"{round(still.pts_s * 1000):09d}ms"
        target = path.with_name(f"{path.stem}-frame-{number}.png")
        clock = self._presenter.clock.later(self._deck.mount.begin_s)
        text = snapshot_text(path.name, still, clock, lab=self._presenter.lab)
        write = self._write(target, still, text)
        self._tasks.start("film snapshot", write, on_done=self._on_saved, on_error=self._presenter.show_error)

    def _on_saved(self, path: str) -> None:
        self._presenter.show_notice(_("Saved as {name}.").format(name=Path(path).name))
        self.saved.emit(path)

    async def _write(self, target: Path, still: Still, text: dict[str, str]) -> str:
        await self._stills.save_png(target, still, text)
        return str(target)


def snapshot_text(film_name: str, still: Still, clock: FilmClock, *, lab: bool) -> dict[str, str]:
    """Return the metadata of a snapshot, keyword to text."""
    text = {"Source": film_name, "Film time": f"{still.pts_s:.6f} s"}
    if still.index is not None:
        text["Frame"] = str(still.index + 1)
    at = clock.wall_at(still.pts_s)
    if at is not None:
        text["Wall clock"] = at.isoformat(timespec="milliseconds")
        if clock.adjusted_s:
            text["Clock offset"] = f"{clock.adjusted_s:+.2f} s, by hand"
    if still.shape.text():
        text[SHAPE_KEYWORD] = still.shape.text()
    if lab:
        text["Environment"] = "LAB"
    return text
