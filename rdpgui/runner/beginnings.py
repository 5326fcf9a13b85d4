"""Runs that begin: asked for, but not under way yet. Reading who calls may take most of a minute on AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rdpgui.core.errors import GuardRefusal
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.run import RunPlan
from rdpgui.core.state import AppState
from rdpgui.core.texts import N_


class Beginnings:
    """Which runs begin, and why one of them is not to: an abort reaches a run before it can be cancelled."""

    def __init__(self) -> None:
        self._why: dict[RunId, str] = {}
        self._on: dict[RunId, InstanceId] = {}

    def __bool__(self) -> bool:
        return bool(self._why)

    def taken(self, state: AppState) -> frozenset[InstanceId]:
        """Return the instances on which a run begins or is under way here."""
        return frozenset({*self._on.values(), *(run.plan.instance_id for run in state.active_runs)})

    @contextmanager
    def of(self, plan: RunPlan, state: AppState) -> Iterator[None]:
        """Count a run as beginning until it is ``over``, or leaves.

        Raises:
            GuardRefusal: another run has the instance.
        """
        refuse_taken(plan.instance_id, self.taken(state))
        self._why[plan.run_id], self._on[plan.run_id] = "", plan.instance_id
        try:
            yield
        finally:
            self.over(plan.run_id)

    def abort(self, run_id: RunId | None, reason: str) -> None:
        """Note why one run, or every one, is not to begin; the first reason stays."""
        for known_id, why in self._why.items():
            if run_id in (None, known_id):
                self._why[known_id] = why or reason

    def over(self, run_id: RunId) -> str:
        """Return why a run is not to begin, empty when it is; from now on it is under way."""
        self._on.pop(run_id, None)
        return self._why.pop(run_id, "")


def refuse_taken(instance_id: InstanceId, taken: frozenset[InstanceId]) -> None:
    """Two runs on one instance would disrupt each other.

    Raises:
        GuardRefusal: it is among those taken.
    """
    if instance_id in taken:
        raise GuardRefusal(
            N_("A run on {instance} is under way."), N_("Wait for its end, or abort it."), instance=instance_id
        )
