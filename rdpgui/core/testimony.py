"""When a person is a witness: with a film of the run on screen, and until the next run takes the eyes off it."""

from __future__ import annotations

from rdpgui.core.state import AppState, RunState
from rdpgui.core.verdict import VisualConfirmation


def has_film(run: RunState) -> bool:
    """Whether the run left a film that can be looked at at all."""
    readable = {film.key for film in run.inspected if film.facts is not None}
    return any(film.key in readable for film in run.saved)


def may_testify(run: RunState) -> bool:
    """Whether the run may be asked about: it has its verdict and a film. That the film is on screen comes on top."""
    return run.verdict is not None and run.confirmation is None and has_film(run)


def may_withdraw(state: AppState, run: RunState) -> bool:
    """Whether the answer may still be taken back: no run has begun since it was given."""
    answer = run.confirmation
    if answer is None:
        return False
    begun = [other.started_at for other in state.runs.values()] + [line.started_at for line in state.history.values()]
    return all(started_at <= answer.at for started_at in begun)


def counted_answer(run: RunState) -> VisualConfirmation | None:
    """Return the answer that counts. One given without a film (0.1.0 took it) is no testimony."""
    return run.confirmation if has_film(run) else None
