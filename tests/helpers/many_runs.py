"""Thousands of runs on disk, made quickly from the journals of a few real ones: for tests and ``make bench``.

Each has its own id, time and chain of hashes, and reads back like a run that was made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from rdpgui.core.account_events import IdentityObserved, PlaceOpened
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.journal import FIRST_LINK, link_of
from rdpgui.core.place import Place
from rdpgui.core.session import AccessType
from rdpgui.core.state import RunState
from rdpgui.runner.plans import new_run_id
from tests.helpers.simulated_world import ACCOUNT, CALLER, REGION, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

LAB = Place("default")
AWS = Place("", ACCOUNT, REGION)
FIRST_AT = datetime(2024, 1, 1, tzinfo=UTC)
APART = timedelta(minutes=17)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00")
_SEALED = re.compile(r'^\{"seq":(\d+),"prev":"[0-9a-f]{64}",')


@dataclass(frozen=True, slots=True)
class _Template:
    """A journal with holes: for the id, the links, and every time as seconds since the start."""

    disruption: DisruptionId
    run_id: str
    lines: tuple[tuple[tuple[str, ...], tuple[timedelta, ...]], ...]

    def journal(self, run_id: str, started_at: datetime) -> str:
        """Return the journal of another run."""
        previous, made = FIRST_LINK, []
        for number, (texts, times) in enumerate(self.lines):
            moments = [(started_at + time).isoformat() for time in times]
            body = "".join(part for pair in zip(texts, [*moments, ""], strict=True) for part in pair)
            line = f'{{"seq":{number},"prev":"{previous}",' + body.replace(self.run_id, run_id)
            made.append(line)
            previous = link_of(line)
        return "\n".join(made) + "\n"


def write_runs(root: Path, count: int) -> list[str]:
    """Write that many runs into a folder of runs, of two places, and return their ids, oldest first."""
    ids = []
    for run_id, journal in journals(count):
        folder = root / run_id
        folder.mkdir(parents=True, mode=0o700)
        (folder / "journal.jsonl").write_text(journal, encoding="ascii")
        ids.append(run_id)
    return ids


def journals(count: int) -> Iterator[tuple[str, str]]:
    """Yield id and journal of that many runs, oldest first."""
    kinds = _templates()
    for number in range(count):
        template = kinds[number % len(kinds)]
        started_at = FIRST_AT + number * APART
        run_id = str(new_run_id(started_at, template.disruption))
        yield run_id, template.journal(run_id, started_at)


@cache
def _templates() -> tuple[_Template, ...]:
    stop, reboot = DisruptionId.EC2_STOP, DisruptionId.OS_REBOOT
    made = []
    for place in (LAB, AWS):
        good = replace(Behaviour(), lab=place.lab)
        lost = replace(good, object_missing=True)
        made += [
            _template(good, stop, AccessType.STANDARD, place),
            _template(good, reboot, AccessType.JUST_IN_TIME, place),
            _template(good, DisruptionId.CONTROL_DISCONNECT, AccessType.STANDARD, place),
            _template(lost, DisruptionId.OS_SHUTDOWN, AccessType.STANDARD, place),
            _template(replace(good, denied=True), stop, AccessType.STANDARD, place),
        ]
    return tuple(made)


def _template(behaviour: Behaviour, disruption: DisruptionId, access: AccessType, place: Place) -> _Template:
    async def main() -> tuple[Scene, RunState]:
        scene = Scene(behaviour)
        now = scene.world.clock.now()
        scene.store.publish(PlaceOpened(now, place))
        scene.store.publish(IdentityObserved(now, ACCOUNT, CALLER, REGION, "", "", place.lab))
        plan = replace(scene.plan(disruption, access), lab=place.lab)
        return scene, await scene.runner.run(plan, auto_arm=True)

    scene, run = run_virtual(main())
    lines = scene.world.journals[run.run_id]
    return _Template(disruption, run.run_id, tuple(_holes(line, run.started_at) for line in lines))


def _holes(line: str, started_at: datetime) -> tuple[tuple[str, ...], tuple[timedelta, ...]]:
    body = _SEALED.sub("", line)
    times: Sequence[str] = _TIME.findall(body)
    return tuple(_TIME.split(body)), tuple(datetime.fromisoformat(time) - started_at for time in times)
