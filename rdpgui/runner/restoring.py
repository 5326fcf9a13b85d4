"""After a run the instance is as it was before: started when the run halted it, and usable again."""

from __future__ import annotations

from rdpgui.core.instance import InstanceState
from rdpgui.core.leftovers import halted_by_own_order
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_
from rdpgui.runner.disrupt import Outcome, start_again
from rdpgui.runner.run_context import RunContext
from rdpgui.runner.watching import is_usable

_GONE = frozenset({InstanceState.SHUTTING_DOWN, InstanceState.TERMINATED})


async def restore(run: RunContext) -> None:
    """Return to the initial state: start a halted instance, wait for a restarted one. What hinders it is noted."""
    limit_s = run.plan.connect_limit_s
    changes = run.state.instance_changes
    if changes and changes[-1].state is InstanceState.RUNNING and len(changes) > 1:
        run.note("info", N_("Somebody else started the instance: it is {state}."), state=changes[-1].state.value)
    elif changes and changes[-1].state is not InstanceState.RUNNING and not await _is_starting(run, changes[-1].state):
        return
    if not await run.until(lambda _: is_usable(run), limit_s):
        run.note("warning", N_("The instance is not usable again after {limit} s."), limit=f"{limit_s:.0f}")


async def _is_starting(run: RunContext, state: InstanceState) -> bool:
    """Start an instance that is not running, if this run may; says whether it is worth waiting for."""
    limit_s = run.plan.connect_limit_s
    if not run.plan.restore:
        run.note("info", N_("The instance stays as it is; restoring is switched off."))
        return False
    if not halted_by_own_order(run.state):
        text = N_("The instance is {state}, but not known to be by this run's order: start it by hand.")
        run.note("warning", text, state=state.value)
        return False
    if not await run.until(_has_left_stopping, limit_s):
        run.note("warning", N_("The instance did not become stopped within {limit} s."), limit=f"{limit_s:.0f}")
        return False
    state = run.state.instance_changes[-1].state
    if state in _GONE:
        run.note("warning", N_("Somebody else terminated the instance: it is {state}."), state=state.value)
        return False
    if state is not InstanceState.STOPPED:
        run.note("info", N_("Somebody else started the instance: it is {state}."), state=state.value)
        return True
    return await start_again(run) is not Outcome.REFUSED


def _has_left_stopping(run: RunState) -> bool:
    """Whether it is stopped, or somebody else made something else of it."""
    return run.instance_changes[-1].state is not InstanceState.STOPPING
