"""Runs that begin: asked for, but not under way yet. Reading who calls may take most of a minute on AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rdpgui.core.ids import RunId


class Beginnings:
    """Which runs begin, and why one of them is not to: an abort reaches a run before it can be cancelled."""

    def __init__(self) -> None:
        self._why: dict[RunId, str] = {}

    def __bool__(self) -> bool:
        return bool(self._why)

    @contextmanager
    def of(self, run_id: RunId) -> Iterator[None]:
        """Count a run as beginning until it is ``over``, or leaves."""
        self._why[run_id] = ""
        try:
            yield
        finally:
            self._why.pop(run_id, None)

    def abort(self, run_id: RunId | None, reason: str) -> None:
        """Note why one run, or every one, is not to begin; the first reason stays."""
        for known_id, why in self._why.items():
            if run_id in (None, known_id):
                self._why[known_id] = why or reason

    def over(self, run_id: RunId) -> str:
        """Return why a run is not to begin, empty when it is; from now on it is under way."""
        return self._why.pop(run_id, "")
