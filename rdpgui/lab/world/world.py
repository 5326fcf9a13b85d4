"""The world: one of each of its parts, how they are wired, and how they begin and end."""

from __future__ import annotations

import logging
import random
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rdpgui.lab.faults import FaultBook, FaultError, FaultRule
from rdpgui.lab.moto.seam import MotoSeam
from rdpgui.lab.scenario import Scenario, ScenarioError, scenario_names
from rdpgui.lab.world.agents import Agents
from rdpgui.lab.world.children import Child, ProcessSpawner, Spawner
from rdpgui.lab.world.commands import Commands
from rdpgui.lab.world.connections import Connections
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.deeds import Deeds
from rdpgui.lab.world.guests import Guests
from rdpgui.lab.world.instances import Instances
from rdpgui.lab.world.jit import AccessRequests
from rdpgui.lab.world.people import People
from rdpgui.lab.world.preferences import RecordingPreferences
from rdpgui.lab.world.seeding import seed_destination, seed_identities, seed_instance
from rdpgui.lab.world.sessions import Sessions
from rdpgui.lab.world.shell_logs import ShellLogs, seed_shell_logs
from rdpgui.lab.world.timeline import ThreadTimeline, Timeline
from rdpgui.lab.world.trail import Trail

_log = logging.getLogger(__name__)
_CLOSE_LIMIT_S = 5.0


class World:
    """Instances as processes, connections, sessions, the audit list.

    The endpoint's operations translate the wire into calls of these parts, and records back into the wire; the parts
    hold every rule and every process. What they offer is safe to call from several threads and returns quickly: slow
    transitions go on in the world's own threads. Every refusal is a ``LabError``.

    Lock order: the world's lock first and the seam's inside it, so never call a part while holding the seam's lock.

    Args:
        scenario: what is in it.
        state_dir: a private folder; the world makes and removes its own folder in it.
        seam: moto.
        faults: rules in force; the scenario's are added at seeding.
        language: ``ja`` or ``en``, for the guests.
        spawner: starts children; the default starts real processes.
        timeline: the clock; the default is the real one.

    Attributes:
        trail: the audit list.
        guests: the instances' processes.
        instances: orders to EC2.
        agents: managed nodes.
        preferences: the account's recording preferences.
        sessions: Session Manager's.
        requests: just-in-time access.
        connections: remote desktops.
        commands: Run Command.
        people: what somebody else does.
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
        self._folder = state_dir / "world"
        clock = timeline or ThreadTimeline()
        context = Context(
            scenario=scenario,
            state_dir=self._folder,
            seam=seam,
            faults=faults,
            timeline=clock,
            slow=timeline or ThreadTimeline(),
            spawner=spawner or ProcessSpawner(self._folder / "logs"),
            trail=Trail(),
            language=language,
            # Ids repeat with the scenario's seed; nothing secret is drawn from here.
            chance=random.Random(scenario.seed),  # noqa: S311
        )
        for folder in (state_dir, self._folder, self._folder / "logs"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._wire(context)

    def _wire(self, context: Context) -> None:
        """Make the parts, each of what it needs."""
        self._context = context
        self._seeded = False
        self.trail = context.trail
        self.guests = Guests(context)
        self.instances = Instances(context, self.guests)
        self.agents = Agents(context, self.instances, self.guests)
        self.preferences = RecordingPreferences(context)
        self.sessions = Sessions(context, self.agents)
        self.requests = AccessRequests(context, self.agents)
        self.connections = Connections(
            context, self.guests, self.agents, self.sessions, self.requests, self.preferences
        )
        self.commands = Commands(context, self.instances, self.agents, self.guests, self.connections)
        deeds = Deeds(
            context, self.guests, self.instances, self.agents, self.sessions, self.connections, self.preferences
        )
        self.people = People(context, deeds)
        # Order matters: connections hear of a guest's end before its instance boots the next one, and a shell's log
        # hears of a lost agent before the shell ends with it.
        listeners = (
            self.connections, self.agents, ShellLogs(context), self.sessions, self.commands, self.instances, self.people
        )  # fmt: skip
        for listener in listeners:
            context.signals.join(listener)

    def seed(self) -> None:
        """Make the scenario's things in moto, then boot the guests one after another.

        Raises:
            ScenarioError: a fault of the scenario cannot be used.
            LabError: moto refused something.
        """
        context = self._context
        self._add_faults(context.scenario)
        preferences = seed_destination(context)
        profile_arn = seed_identities(context)
        seed_shell_logs(context)
        for spec in context.scenario.fleet:
            self.instances.add(seed_instance(context, spec, profile_arn))
        with context.lock:
            if context.scenario.recording.configured:
                self.preferences.replace(preferences)
            self._seeded = True
            for index, machine in enumerate(self.instances.all()):
                context.timeline.after(
                    index * context.scenario.timings.boot_stagger_s,
                    partial(self.instances.power_on, machine.instance_id),
                    f"first boot of {machine.instance_id}",
                )
            self.people.begin(self.instances.all()[0].instance_id)

    def close(self) -> None:
        """End every guest and broker, wait for them, and remove the work folder."""
        context = self._context
        context.closing.set()
        context.timeline.close()
        context.slow.close()
        with context.lock:
            children: Sequence[Child] = [*self.guests.children(), *self.connections.children()]
        for child in children:
            child.kill()
        for child in children:
            if not child.wait(_CLOSE_LIMIT_S):
                _log.error("process %s does not end", child.pid)
        shutil.rmtree(self._folder, ignore_errors=True)

    def status(self) -> dict[str, object]:
        """Return the lab's state as a JSON object."""
        context = self._context
        with context.lock:
            instances = [
                {
                    "id": machine.instance_id,
                    "name": machine.spec.name,
                    "state": machine.power.state.value,
                    "pid": self.guests.pid(machine.instance_id),
                    "ready": self.guests.ready(machine.instance_id),
                }
                for machine in self.instances.all()
            ]
            return {
                "scenario": context.scenario.name,
                "scenarios": list(scenario_names()),
                "seeded": self._seeded,
                "instances": instances,
                "faults": context.faults.list(),
                "people": self.people.done(),
            }

    def _add_faults(self, scenario: Scenario) -> None:
        for index, rule in enumerate(scenario.faults):
            try:
                self._context.faults.add(FaultRule.from_json(rule))
            except FaultError as error:
                raise ScenarioError(f"{scenario.name}.faults[{index}]", "cannot be used", str(error)) from error
