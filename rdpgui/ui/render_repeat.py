"""Renders the series of one experiment: its newest runs, each place by itself, and what each of them measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpgui.core.ids import RunId
from rdpgui.core.state import RunState

if TYPE_CHECKING:
    from rdpgui.core.judging.series import Measured
    from rdpgui.ui.changes import Changes
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.panels.repeat import RepeatPanel

SERIES_RUNS = 50
"""Of one experiment in one place, the newest: so many marks can be told apart, and so many journals are read."""


class RepeatRenderer:
    """Shows the newest runs of the experiment that is chosen in the panel.

    Args:
        looked: the newest snapshot, and whole runs. changes: what was rendered last.
    """

    def __init__(self, looked: LookedAt, changes: Changes) -> None:
        self._looked = looked
        self._changed = changes.changed
        self._measured: dict[RunId, tuple[RunState, Measured]] = {}

    def render(self, panel: RepeatPanel) -> None:
        """Show the newest runs of the chosen experiment, once all of them are read."""
        from rdpgui.ui.series_views import compared_keys, series_view

        keys, (disruption, access) = compared_keys(self._looked.state.place), panel.pair
        lines: dict[str, list[RunId]] = {key: [] for key in keys}
        for line in self._looked.state.history.values():
            fits = (line.disruption, line.access, line.by_hand) == (disruption, access, False)
            if fits and line.place in lines and line.verdict is not None and not (line.archived or line.damage):
                lines[line.place].append(line.run_id)
        newest = {key: ids[-SERIES_RUNS:] for key, ids in lines.items()}
        runs = self._looked.whole([run_id for ids in newest.values() for run_id in ids])
        if runs is None or not self._changed("repeat", disruption, access, keys, runs):
            return
        by_id = {run.run_id: run for run in runs}
        view = series_view({key: [self._measured_of(by_id[run_id]) for run_id in ids] for key, ids in newest.items()})
        panel.show_plots(view.plots, view.said)

    def _measured_of(self, run: RunState) -> Measured:
        """Return what a run measured, found out once."""
        from rdpgui.core.judging.series import measured

        known = self._measured.get(run.run_id)
        if known is None or known[0] is not run:
            known = self._measured[run.run_id] = (run, measured(run))
        return known[1]
