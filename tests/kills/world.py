"""The same kills in virtual time: a life that is dead does nothing more, and the next one begins on the same world.

A step of a dead life raises, and none of its calls or lines has an effect any more; what was under way in the world
goes on. So every step can be tried, thousands in minutes.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import PurePath
from random import Random
from typing import Any

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import RdpguiError
from rdpgui.core.events import Event
from rdpgui.core.ids import RunId
from rdpgui.core.instance import InstanceState
from rdpgui.core.journal import read_journal, rebuild
from rdpgui.core.leftovers import halted_by_own_order
from rdpgui.core.ports import Ports
from rdpgui.core.run import RunPlan, RunStatus
from rdpgui.core.session import AccessType
from rdpgui.core.settings import LAB_TIMING, Settings
from rdpgui.core.state import AppState, RunState
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.plans import make_plan
from rdpgui.runner.resume import read_run, take_up
from rdpgui.runner.store import Store
from tests.helpers.fake_ports import ports_of
from tests.helpers.simulated_world import ACCOUNT, REGION, TARGET, Behaviour, SimulatedWorld
from tests.helpers.virtual_time import run_virtual
from tests.kills.campaign import Outcome
from tests.kills.steps import SteppingJournal

ORDERS = ("ec2:StopInstances", "ec2:RebootInstances", "ec2:SendDiagnosticInterrupt", "ssm:SendCommand i-")
"""How a disrupting call begins; reading the boot time is none."""
STEPS = 450
"""More than a run takes: some kills come too late and hit nothing."""


class Dead(asyncio.CancelledError):
    """A step of a life that was killed."""


@dataclass
class Life:
    """One program: its steps, and whether it is dead."""

    kill_at: int
    count: int = 0
    dead: bool = False

    @property
    def killed(self) -> bool:
        """Whether it came to the step at which it is killed."""
        return 0 < self.kill_at <= self.count

    def step(self) -> None:
        """Take a step. Raises Dead from the last one on."""
        self.count += 1
        self.dead = self.dead or self.count == self.kill_at
        if self.dead:
            raise Dead

    def on_event(self, _state: AppState, _event: Event) -> None:
        """Take a step at an event."""
        self.step()

    def ports(self, world: SimulatedWorld) -> Ports:
        """Return ports that take a step before and after each call."""
        ports = ports_of(world)
        there = [f.name for f in fields(ports) if getattr(ports, f.name) is not None]
        wrapped = {name: _Stepping(getattr(ports, name), self.step) for name in there}
        return replace(ports, **wrapped)


class _Stepping:
    """Anything, with steps around its coroutines, and around what writes."""

    def __init__(self, inner: Any, step: Callable[[], None]) -> None:
        self._inner = inner
        self._step = step

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if inspect.iscoroutinefunction(found):

            @functools.wraps(found)
            async def stepping(*args: Any, **kwargs: Any) -> Any:
                self._step()
                answer = await found(*args, **kwargs)
                self._step()
                return answer

            return stepping
        if name in ("create", "reopen"):
            return functools.partial(self._journal, found)
        return found

    def _journal(self, make: Callable[[Any], Any], name: str | PurePath) -> Any:
        self._step()
        made = make(name)
        if isinstance(made, tuple):
            folder, journal = made
            return folder, SteppingJournal(journal, self._step)
        return SteppingJournal(made, self._step)


def try_world(seed: int, number: int) -> Outcome:
    """Try one run of a number: killed at a drawn step, taken up, maybe killed again, taken up."""
    random = Random(f"{seed} {number}")
    kinds = tuple(DisruptionId)
    kind, access = kinds[number % len(kinds)], random.choice(tuple(AccessType))
    kills = [random.randint(1, STEPS)] + [random.randint(1, 200) for _ in range(random.choice((0, 0, 1, 2)))]
    behaviour = Behaviour(lab=False, answer_lost=random.random() < 0.1, key_names=random.random() < 0.8)
    return run_virtual(_lives(number, kind, access, tuple(kills), behaviour))


async def _lives(
    number: int, kind: DisruptionId, access: AccessType, kills: tuple[int, ...], behaviour: Behaviour
) -> Outcome:
    world, phase = SimulatedWorld(behaviour), ""
    settings = Settings(allow_tag="")
    plan = replace(
        make_plan(kind, access, TARGET, timing=LAB_TIMING, settings=settings, at=world.clock.now(), lab=False),
        run_id=RunId(f"r{number}"),
    )
    problems: list[str] = []
    died: list[int] = []
    for life_number, kill_at in enumerate((*kills, 0)):
        life = Life(kill_at)
        problem = await _life(world, life, settings, plan if life_number == 0 else None)
        if life.killed:
            died.append(kill_at)
        if problem:
            problems.append(problem)
        run = _run(world, plan.run_id)
        phase = phase or (run.phase.value if run is not None else "none")
        if run is not None and run.status is not RunStatus.RUNNING:
            break
    await asyncio.sleep(600.0)
    run = _run(world, plan.run_id)
    given = [call for call in world.calls if call.startswith(ORDERS)]
    problems += _wrong(world, run, given)
    status = run.status.value if run is not None else "nothing begun"
    again_at = kills[1] if len(kills) > 1 else 0
    return Outcome(
        number, kind.value, access.value, kills[0], again_at, len(died), phase, status, len(given), tuple(problems)
    )


async def _life(world: SimulatedWorld, life: Life, settings: Settings, plan: RunPlan | None) -> str:
    """Live to the end, or to the kill; returns what went wrong."""
    store = Store()
    store.subscribe(life.on_event)
    ports = life.ports(world)
    task = asyncio.current_task()
    before = asyncio.all_tasks()
    try:
        who = await ports_of(world).identity.identity()
        store.publish(IdentityObserved(world.clock.now(), ACCOUNT, who.arn, REGION, "", "", False))
        runner = ExperimentRunner(ports, store, settings, LAB_TIMING)
        if plan is not None:
            await runner.run(plan, auto_arm=True)
        else:
            left = [
                read_run(ports_of(world).folders, RunId(run_id)) for run_id, lines in world.journals.items() if lines
            ]
            await take_up(runner, [run for run in left if run.state.is_open])
    except asyncio.CancelledError:
        if not life.dead:
            raise
        assert task is not None
        task.uncancel()
    except RdpguiError as error:
        return f"a life ended with {error.text()}"
    finally:
        life.dead = True
        await _bury(asyncio.all_tasks() - before)
    return ""


async def _bury(tasks: set[asyncio.Task[Any]]) -> None:
    """End what a dead life left; nothing of it has an effect."""
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left)


def _run(world: SimulatedWorld, run_id: RunId) -> RunState | None:
    lines = [line for line in world.journals.get(run_id, []) if line.endswith("}") or line.endswith("}\n")]
    return rebuild(read_journal(tuple(lines))[0]) if lines else None


def _wrong(world: SimulatedWorld, run: RunState | None, given: list[str]) -> list[str]:
    found: list[str] = []
    if len(given) > 1:
        found.append(f"ordered {len(given)} times: {given}")
    if run is None:
        return [*found, *(f"{call} without a journal" for call in given)]
    if run.status is RunStatus.RUNNING:
        found.append(f"no end in phase {run.phase.value}")
    if given and run.disruption_intent is None:
        found.append("ordered without an intent")
    if run.status is RunStatus.COMPLETED and run.verdict is None:
        found.append("completed without a verdict")
    if run.opened is not None and any(c.ended_at is None for c in world.connections):
        found.append("a connection stays open")
    if halted_by_own_order(run) and world.machines[TARGET].item.state is not InstanceState.RUNNING and run.plan.restore:
        found.append(f"the instance stays {world.machines[TARGET].item.state.value}")
    return found
