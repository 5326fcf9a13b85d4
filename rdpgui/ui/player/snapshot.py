"""Save the shown frame: its times stand in the PNG's metadata, never in its pixels."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from rdpgui.core.film import SHAPE_KEYWORD, Still
from rdpgui.ui.plain import named
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.stills_port import StillsPort
from rdpgui.ui.tasks import TaskScope


class Snapshots(QObject):
    """Writes stills beside their film.

    Signals:
        saved: path of the PNG. failed: an ``RdpguiError``.
    """

    saved = Signal(str)
    failed = Signal(object)

    def __init__(self, stills: StillsPort, tasks: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stills = stills
        self._tasks = tasks

    def save(self, film: Path, still: Still, clock: FilmClock, *, lab: bool) -> None:
        """Write a still next to its film.

        Args:
            film: the film it is of.
            still: the picture.
            clock: for its wall-clock time.
            lab: say that it is the lab's.
        """
        number = f"{still.index + 1:06d}" if still.index is not None else f"{round(still.pts_s * 1000):09d}ms"
        target = film.with_name(f"{named(film.stem).replace(' ', '-')}-frame-{number}.png")
        self._tasks.start(
            "film snapshot",
            self._write(target, still, snapshot_text(film.name, still, clock, lab=lab)),
            on_done=self.saved.emit,
            on_error=self.failed.emit,
        )

    async def _write(self, target: Path, still: Still, text: dict[str, str]) -> str:
        await self._stills.save_png(target, still, text)
        return str(target)


def snapshot_text(film_name: str, still: Still, clock: FilmClock, *, lab: bool) -> dict[str, str]:
    """Return the metadata of a snapshot, keyword to text."""
    text = {"Source": named(film_name), "Film time": f"{still.pts_s:.6f} s"}
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
