"""One run in the simulated world, from plan to verdict."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import Event
from rdpgui.core.ids import InstanceId
from rdpgui.core.passing_events import Looked
from rdpgui.core.run import RunPlan
from rdpgui.core.session import AccessType
from rdpgui.core.settings import LAB_TIMING, Settings, Timing
from rdpgui.core.state import AppState, RunState
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.plans import make_plan
from rdpgui.runner.store import Store
from tests.helpers.fake_ports import ports_of
from tests.helpers.simulated_world import ACCOUNT, REGION, TARGET, Behaviour, SimulatedWorld
from tests.helpers.virtual_time import run_virtual


@dataclass
class Scene:
    """A simulated world with store and runner; made inside the running loop."""

    behaviour: Behaviour
    settings: Settings = field(default_factory=Settings)
    timing: Timing = LAB_TIMING
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = SimulatedWorld(self.behaviour)
        self.store = Store()
        self.store.subscribe(self._keep)
        self.ports = ports_of(self.world)
        self.store.publish(IdentityObserved(self.world.clock.now(), ACCOUNT, "arn", REGION, "", "", True))
        self.runner = ExperimentRunner(self.ports, self.store, self.settings, self.timing)

    def _keep(self, state: AppState, event: Event) -> None:
        self.events.append(event)

    def plan(
        self,
        disruption_id: DisruptionId = DisruptionId.EC2_STOP,
        access: AccessType = AccessType.STANDARD,
        instance_id: InstanceId = TARGET,
    ) -> RunPlan:
        return make_plan(
            disruption_id,
            access,
            instance_id,
            timing=self.timing,
            settings=self.settings,
            at=self.world.clock.now(),
            lab=self.behaviour.lab,
        )

    def names(self) -> list[str]:
        """Return the class names of all events so far, but for looks that found nothing new."""
        return [type(event).__name__ for event in self.events if not isinstance(event, Looked)]


def run_scene(
    behaviour: Behaviour,
    disruption_id: DisruptionId = DisruptionId.EC2_STOP,
    access: AccessType = AccessType.STANDARD,
    *,
    timing: Timing = LAB_TIMING,
    prepare: Callable[[Scene], Awaitable[None] | None] | None = None,
) -> tuple[Scene, RunState]:
    """Run one experiment in virtual time."""

    async def main() -> tuple[Scene, RunState]:
        scene = Scene(behaviour, timing=timing)
        if prepare is not None:
            prepared = prepare(scene)
            if prepared is not None:
                await prepared
        run = await scene.runner.run(scene.plan(disruption_id, access), auto_arm=True)
        return scene, run

    return run_virtual(main())
