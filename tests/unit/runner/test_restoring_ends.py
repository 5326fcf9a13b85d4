"""What is done, and what is said, so that the instance is as it was before the run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.core.instance import InstanceState
from rdpgui.runner import restoring
from rdpgui.runner.disrupt import Outcome

S = InstanceState


class _Run:
    """A run whose instance changes while it is waited for."""

    def __init__(self, *seen: InstanceState, then: InstanceState | None = None, allowed: bool = True) -> None:
        self.plan = SimpleNamespace(connect_limit_s=20.0, restore=allowed)
        self.state = SimpleNamespace(instance_changes=[SimpleNamespace(state=state) for state in seen])
        self.then = then
        self.notes: list[str] = []
        self.started = False

    def note(self, _severity: str, text: str, **_fields: str) -> None:
        self.notes.append(text)

    async def until(self, holds: Callable[[Any], bool], _limit_s: float) -> bool:
        if not holds(self.state) and self.then is not None:
            self.state.instance_changes.append(SimpleNamespace(state=self.then))
        return holds(self.state)


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the rest of the runner says: whose order it was, whether a start is accepted, what is usable."""
    world = SimpleNamespace(own=True, outcome=Outcome.ACCEPTED, usable=True)

    async def start(run: _Run) -> Outcome:
        run.started = True
        outcome: Outcome = world.outcome
        return outcome

    monkeypatch.setattr(restoring, "halted_by_own_order", lambda _state: world.own)
    monkeypatch.setattr(restoring, "start_again", start)
    monkeypatch.setattr(restoring, "is_usable", lambda _run: world.usable)
    return world


def _restored(run: _Run) -> tuple[bool, str]:
    held: Any = run
    asyncio.run(restoring.restore(held))
    return run.started, " | ".join(run.notes)


def test_that_a_halted_instance_is_started_once_it_is_stopped_and_then_waited_for(world: SimpleNamespace) -> None:
    assert _restored(_Run(S.RUNNING, S.STOPPING, then=S.STOPPED)) == (True, "")
    world.usable = False
    started, said = _restored(_Run(S.RUNNING, S.STOPPED))
    assert started
    assert "not usable again" in said


def test_that_a_refused_start_is_not_waited_for(world: SimpleNamespace) -> None:
    world.outcome, world.usable = Outcome.REFUSED, False
    assert _restored(_Run(S.RUNNING, S.STOPPED)) == (True, "")


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (_Run(S.RUNNING), ""),
        (_Run(S.RUNNING, S.STOPPED, S.RUNNING), "Somebody else started the instance"),
        (_Run(S.RUNNING, S.STOPPING, then=S.PENDING), "Somebody else started the instance"),
        (_Run(S.RUNNING, S.STOPPING, then=S.TERMINATED), "Somebody else terminated the instance"),
        (_Run(S.RUNNING, S.STOPPING), "did not become stopped"),
        (_Run(S.RUNNING, S.STOPPED, allowed=False), "restoring is switched off"),
    ],
)
def test_that_nothing_is_started_where_nothing_may_be_or_somebody_else_did(run: _Run, said: str) -> None:
    started, notes = _restored(run)
    assert not started
    assert said in notes
    assert bool(said) == bool(notes)


def test_that_what_this_run_did_not_halt_stays_as_it_is(world: SimpleNamespace) -> None:
    world.own = False
    started, said = _restored(_Run(S.RUNNING, S.STOPPED))
    assert not started
    assert "start it by hand" in said
