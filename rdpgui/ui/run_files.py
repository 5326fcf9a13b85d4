"""Where the pictures and films of a run lie: its folder, and what of its own recording is kept there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rdpgui.core.ids import RunId
from rdpgui.core.judging.case import own_film, plausible
from rdpgui.core.judging.timeline import film_placement
from rdpgui.core.standing import files_of
from rdpgui.core.state import RunState
from rdpgui.files import is_file
from rdpgui.i18n import N_
from rdpgui.ui.film_port import FilmOrigin, PlacedFilm

if TYPE_CHECKING:
    from collections.abc import Callable


class RunFiles:
    """Names the files of runs.

    Args:
        folder_of: gives the folder of a run, None when its id is none.
    """

    def __init__(self, folder_of: Callable[[RunId], Path | None]) -> None:
        self._folder_of = folder_of

    def folder_of(self, run: RunState) -> Path | None:
        """Return the folder of a run, None when its id is none."""
        return self._folder_of(run.run_id)

    def missing_of(self, run: RunState) -> frozenset[str] | None:
        """Return which files of a run are not in its folder; None when it has no folder."""
        folder = self._folder_of(run.run_id)
        return None if folder is None else frozenset(name for name in files_of(run) if not is_file(folder / name))

    def still_of(self, run: RunState) -> Path | None:
        """Return the PNG of the run's last frame."""
        folder = self._folder_of(run.run_id)
        own = own_film(run)
        name = own.inspected.last_frame if own is not None and own.inspected is not None else ""
        return folder / name if folder is not None and name else None

    def witness_of(self, run: RunState) -> Path | None:
        """Return the run's console screenshot."""
        folder = self._folder_of(run.run_id)
        return folder / run.witness.path if folder is not None and run.witness is not None else None

    def film_of(self, run: RunState) -> Path | None:
        """Return the file of the run's own recording."""
        folder, own = self._folder_of(run.run_id), own_film(run)
        if folder is None or own is None or own.saved is None or not own.saved.path:
            return None
        return folder / own.saved.path

    def films_of(self, run: RunState) -> tuple[PlacedFilm, ...]:
        """Return the run's own recording; while it cannot be told which one it is, every one that fits the session."""
        own, path, folder = own_film(run), self.film_of(run), self._folder_of(run.run_id)
        if own is not None:
            placement = film_placement(run)
            zero_at = placement.zero_at if placement is not None else None
            if path is None or own.facts is None:
                return ()
            return (PlacedFilm(path, own.facts, zero_at, origin=self._origin_of(run)),)
        if folder is None:
            return ()
        saved = {film.key: folder / film.path for film in run.saved if film.path}
        fitting = {item.key for item in plausible(run) if item.key in saved}
        found = {film.key: film.facts for film in run.inspected if film.key in fitting and film.facts is not None}
        origin = self._origin_of(run)
        return tuple(PlacedFilm(saved[key], facts, facts.created_at, origin=origin) for key, facts in found.items())

    @staticmethod
    def _origin_of(run: RunState) -> FilmOrigin:
        """Return the session as it was then: the instance may have another name today, or be gone."""
        name = run.baseline.instance.name if run.baseline is not None else ""
        session_at = run.session.started_at if run.session is not None else run.started_at
        return FilmOrigin(name, run.plan.instance_id, session_at)


def why_no_film(run: RunState | None) -> str:
    """Return why there is no film to show, an English message id; empty while one may still come."""
    if run is None or run.active:
        return ""
    if any(not film.path for film in run.saved):
        return N_("The film is no longer in the run's folder.")
    return N_("This run left no film that can be shown. Its verdict says why.")
