"""The world as the endpoint sees it: every call goes to the part that holds its rules."""

from __future__ import annotations

import logging
import random
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rdpgui.lab.faults import FaultBook, FaultError, FaultRule
from rdpgui.lab.model import AuditEvent, Preferences
from rdpgui.lab.scenario import Scenario, ScenarioError, scenario_names
from rdpgui.lab.seam import MotoSeam
from rdpgui.lab.world.children import Child, ProcessSpawner, Spawner
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.faces import ConnectionCalls, PowerCalls, SystemsManagerCalls
from rdpgui.lab.world.parts import Parts
from rdpgui.lab.world.seeding import seed_destination, seed_identities, seed_instance
from rdpgui.lab.world.shell_logs import seed_shell_logs
from rdpgui.lab.world.timeline import ThreadTimeline, Timeline
from rdpgui.lab.world.trail import Trail

_log = logging.getLogger(__name__)
_CLOSE_LIMIT_S = 5.0


class World(PowerCalls, SystemsManagerCalls, ConnectionCalls):
    """Instances as processes, connections, sessions, the audit list. Implements ``WorldApi``.

    Args:
        scenario: what is in it.
        state_dir: a private folder; the world makes and removes its own folder in it.
        seam: moto.
        faults: rules in force; the scenario's are added at seeding.
        language: ``ja`` or ``en``, for the guests.
        spawner: starts children; the default starts real processes.
        timeline: the clock; the default is the real one.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        state_dir: Path,
        seam: MotoSeam,
        faults: FaultBook,
        language: str,
        spawner: Spawner | None = None,
        timeline: Timeline | None = None,
    ) -> None:
        self.account_id = seam.account_id
        self.region = seam.region
        self.preferences_when_unset: str = scenario.variants.preferences_when_unset
        self._folder = state_dir / "world"
        logs = self._folder / "logs"
        for folder in (state_dir, self._folder, logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        clock = timeline or ThreadTimeline()
        context = Context(
            scenario=scenario,
            state_dir=self._folder,
            seam=seam,
            faults=faults,
            timeline=clock,
            slow=timeline or ThreadTimeline(),
            spawner=spawner or ProcessSpawner(logs),
            trail=Trail(),
            language=language,
            # Ids repeat with the scenario's seed; nothing secret is drawn from here.
            chance=random.Random(scenario.seed),  # noqa: S311
        )
        super().__init__(Parts(context))

    # -- life ---------------------------------------------------------------

    def seed(self) -> None:
        """Make the scenario's things in moto, then boot the guests one after another.

        Raises:
            ScenarioError: a fault of the scenario cannot be used.
            LabError: moto refused something.
        """
        parts, context = self._parts, self._context
        self._add_faults(context.scenario)
        preferences = seed_destination(context)
        profile_arn = seed_identities(context)
        seed_shell_logs(context)
        for spec in context.scenario.fleet:
            parts.instances.add(seed_instance(context, spec, profile_arn))
        with context.lock:
            if context.scenario.recording.configured:
                parts.preferences = preferences
            parts.seeded = True
            for index, machine in enumerate(parts.instances.all()):
                context.timeline.after(
                    index * context.scenario.timings.boot_stagger_s,
                    partial(parts.instances.power_on, machine.instance_id),
                    f"first boot of {machine.instance_id}",
                )
            parts.people.begin(parts.instances.all()[0].instance_id)

    def close(self) -> None:
        """End every guest and broker, wait for them, and remove the work folder."""
        context = self._context
        context.closing.set()
        context.timeline.close()
        context.slow.close()
        with context.lock:
            children: Sequence[Child] = [*self._parts.guests.children(), *self._parts.connections.children()]
        for child in children:
            child.kill()
        for child in children:
            if not child.wait(_CLOSE_LIMIT_S):
                _log.error("process %s does not end", child.pid)
        shutil.rmtree(self._folder, ignore_errors=True)

    # -- account ------------------------------------------------------------

    def preferences(self) -> Preferences | None:
        """Return the recording preferences, None when not configured."""
        return self._parts.preferences

    def set_preferences(self, preferences: Preferences | None) -> None:
        """Replace or delete the recording preferences."""
        with self._context.lock:
            self._parts.preferences = preferences

    def audit_append(self, event: AuditEvent) -> None:
        """Add a management event."""
        self._context.trail.append(event)

    def audit_events(self) -> list[AuditEvent]:
        """Return the events, newest first."""
        return self._context.trail.events()

    def status(self) -> dict[str, object]:
        """Return the lab's state as a JSON object."""
        parts, context = self._parts, self._context
        with context.lock:
            instances = [
                {
                    "id": machine.instance_id,
                    "name": machine.spec.name,
                    "state": machine.power.state.value,
                    "pid": parts.guests.pid(machine.instance_id),
                    "ready": parts.guests.ready(machine.instance_id),
                }
                for machine in parts.instances.all()
            ]
            return {
                "scenario": context.scenario.name,
                "scenarios": list(scenario_names()),
                "seeded": parts.seeded,
                "instances": instances,
                "faults": context.faults.list(),
                "people": parts.people.done(),
            }

    def _add_faults(self, scenario: Scenario) -> None:
        for index, rule in enumerate(scenario.faults):
            try:
                self._context.faults.add(FaultRule.from_json(rule))
            except FaultError as error:
                raise ScenarioError(f"{scenario.name}.faults[{index}]", "cannot be used", str(error)) from error
