"""What becomes of a snapshot when another place is looked at, or when it is known who calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.ids import RunId
from rdpgui.core.place import Place, endpoint_of
from rdpgui.core.readings import read
from rdpgui.core.state import AppState, RunState


def moved(state: AppState, place: Place) -> AppState:
    """Return the snapshot of another place: the runs stay, and a latched stop stays latched."""
    return AppState(place, emergency_at=state.emergency_at, runs=state.runs, history=state.history, log=state.log)


def left_behind(runs: Mapping[RunId, RunState]) -> Mapping[RunId, RunState]:
    """Return the runs as another opening of a place finds them: a lab and its connections end with the place."""
    return {run_id: replace(run, adopted=True) if run.plan.lab else run for run_id, run in runs.items()}


def identified(state: AppState, event: IdentityObserved) -> AppState:
    """Take over who calls. On AWS this completes the place; another account is another place."""
    place = state.place
    endpoint = "" if event.lab else endpoint_of(event.endpoint_url)
    if place is not None and (place.lab is not event.lab or place.endpoint != endpoint):
        return state  # an answer from the place before
    if not event.lab:
        found = (place or Place(endpoint=endpoint)).identified(event.account_id, event.region)
        state = moved(state, found) if place is not None and place.known and place != found else state
        state = replace(state, place=found)
    return read(state, event)
