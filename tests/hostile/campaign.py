"""Many worlds, judged: what was found, and the counts that a release stands on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from rdpgui.core.disruption import DisruptionId, Effect, Origin
from rdpgui.core.run_events import ConnectionOpened, SessionAttached
from rdpgui.core.state import RunState
from rdpgui.core.verdict import Verdict, VerdictValue
from tests.hostile.course import TODAY, Course, Manners, run_through
from tests.hostile.draw import draw
from tests.hostile.faults import Fault, faults_of
from tests.hostile.judge_door import (
    Judge,
    filed_as,
    filed_effect,
    judged_key,
    says_nobody_knows_who,
    says_refused,
    snapshot,
    the_judge,
)
from tests.hostile.kinds import Cure, Wrong, kind_of
from tests.hostile.machines import ORDER
from tests.hostile.runner_layer import live_through
from tests.hostile.truth import Truth, truth_of
from tests.hostile.world import World

CHUNK = 100
AT_ONCE_S, SOON_S = 3.0, 5.0
_HALTED_BY = {Origin.GUEST: DisruptionId.OS_SHUTDOWN, Origin.CONTROL_PLANE: DisruptionId.EC2_STOP}
"""Under what a halt by hand is filed. Restarts are filed as one: EC2 keeps no trace that tells them apart."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One world, its truth, and what was said of it."""

    course: Course
    verdict: Verdict
    truth: Truth
    faults: tuple[Fault, ...]
    wrongs: tuple[Wrong, ...]
    again: Callable[[World], Judged]

    @property
    def sufficient(self) -> bool:
        """Whether a careful judge says PASS."""
        return not self.faults and not self.truth.grey and self.truth.is_pass

    @property
    def named(self) -> bool:
        """Whether the decisive check is one of those that speak of what is really wrong."""
        decisive = self.verdict.decisive
        return decisive is not None and any(decisive.check_id in fault.checks for fault in self.faults)

    def kind(self, wrong: Wrong) -> str:
        """Return the kind of fault that a wrong is an example of."""
        world = self.course.history.world

        def cures(cure: Cure) -> bool:
            return wrong not in self.again(cure(world)).wrongs

        return kind_of(self.course, self.truth, wrong, judged_key(self.verdict), cures)


def judge_world(world: World, judge: Judge = the_judge, manners: Manners = TODAY) -> Judged:
    """Run through a world (layer ``facts``), judge it, and compare with the truth."""
    return _compared(run_through(world, manners), judge, partial(judge_world, judge=judge, manners=manners))


def judge_run(world: World, judge: Judge = the_judge) -> Judged | None:
    """Let the real runner run through a world (layer ``runner``); None when it ended without a verdict."""
    course = live_through(world)
    return _compared(course, judge, partial(_run_or_facts, judge=judge)) if course is not None else None


def _run_or_facts(world: World, judge: Judge) -> Judged:
    return judge_run(world, judge) or judge_world(world, judge)


def _compared(course: Course, judge: Judge, again: Callable[[World], Judged]) -> Judged:
    run = snapshot(course)
    verdict = judge(run)
    key = judged_key(verdict)
    judged = Judged(course, verdict, truth_of(course, key), faults_of(course), (), again)
    unsaid = verdict.value is VerdictValue.PASS and not _filed_right(course, run, verdict)
    return replace(judged, wrongs=tuple(_wrongs(judged, key, unsaid=unsaid)))


def _filed_right(course: Course, run: RunState, verdict: Verdict) -> bool:
    """Whether a PASS stands under the session's access type, and by hand under what was done, by nobody knows whom."""
    if filed_as(run).value != course.history.own.access:
        return False
    by = course.history.ended_by
    if not course.history.world.plan.by_hand or by is None:
        return True
    done = DisruptionId.OS_REBOOT if by.outcome is Effect.RESTART else _HALTED_BY[by.origin]
    return filed_effect(run) is done and says_nobody_knows_who(verdict)


def _took_anothers(course: Course) -> bool:
    """Whether the run asked for a connection, and then took a session that is not the one that was made for it."""
    asked = False
    for event in course.events:
        asked = asked or isinstance(event, ConnectionOpened)
        if asked and isinstance(event, SessionAttached) and event.session.session_id != course.history.own.session_id:
            return True
    return False


def _wrongs(judged: Judged, key: str, *, unsaid: bool) -> Iterable[Wrong]:
    if _took_anothers(judged.course):
        yield Wrong.TAKEN
    if judged.truth.grey:
        return
    value = judged.verdict.value
    if value is VerdictValue.PASS:
        if not judged.truth.is_pass_on(key, judged.course):
            yield Wrong.FALSE_PASS
        elif unsaid:
            yield Wrong.UNSAID
        return
    if value is VerdictValue.FAIL and judged.truth.is_pass:
        yield Wrong.FALSE_FAIL
    if judged.sufficient:
        yield Wrong.MISSED
    elif not judged.named or (says_refused(judged.verdict) and _took_effect(judged.course)):
        yield Wrong.MISNAMED


def _took_effect(course: Course) -> bool:
    at_once = course.judged_s - course.history.anchors.order_s < AT_ONCE_S
    soon_s = course.judged_s + (SOON_S if at_once else 0.0)
    return any(item.cause == ORDER and item.begins_s <= soon_s for item in course.history.happenings)


@dataclass(slots=True)
class Tally:
    """Counts over many worlds.

    Attributes:
        unjudged: runs that ended without a verdict.
        kinds: how often each kind of each wrong was found. first: the first world of each.
        named, unnamed: verdicts other than PASS whose decisive check speaks, or does not, of what is wrong.
    """

    count: int = 0
    grey: int = 0
    unjudged: int = 0
    sufficient: int = 0
    passed_sufficient: int = 0
    named: int = 0
    unnamed: int = 0
    ids: dict[Wrong, list[str]] = field(default_factory=dict)
    kinds: Counter[tuple[Wrong, str]] = field(default_factory=Counter)
    first: dict[tuple[Wrong, str], int] = field(default_factory=dict)
    values: Counter[VerdictValue] = field(default_factory=Counter)

    def add(self, index: int, judged: Judged | None) -> None:
        """Count one world; ``index`` is its number in the campaign."""
        self.count += 1
        if judged is None:
            self.unjudged += 1
            return
        self.values[judged.verdict.value] += 1
        if judged.truth.grey:
            self.grey += 1
            return
        if judged.sufficient:
            self.sufficient += 1
            self.passed_sufficient += judged.verdict.value is VerdictValue.PASS
        if judged.verdict.value is not VerdictValue.PASS:
            self.named += judged.named
            self.unnamed += not judged.named
        for wrong in judged.wrongs:
            kind = (wrong, judged.kind(wrong))
            self.kinds[kind] += 1
            self.first[kind] = min(index, self.first.get(kind, index))
            self.ids.setdefault(wrong, []).append(judged.course.history.world.world_id)

    def join(self, other: Tally) -> None:
        """Add the counts of other worlds."""
        for name in ("count", "grey", "unjudged", "sufficient", "passed_sufficient", "named", "unnamed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for wrong, ids in other.ids.items():
            self.ids.setdefault(wrong, []).extend(ids)
        self.kinds.update(other.kinds)
        self.values.update(other.values)
        for kind, index in other.first.items():
            self.first[kind] = min(index, self.first.get(kind, index))

    @property
    def pass_where_sufficient(self) -> float:
        """Return the share of PASS among the sufficient worlds."""
        return self.passed_sufficient / self.sufficient if self.sufficient else 1.0

    @property
    def cause_named(self) -> float:
        """Return the share of verdicts other than PASS that name the true cause."""
        return self.named / (self.named + self.unnamed) if self.named + self.unnamed else 1.0

    def of(self, wrong: Wrong) -> list[str]:
        """Return the ids of the worlds that were judged wrong in one way."""
        return self.ids.get(wrong, [])

    def as_json(self, seed: int) -> dict[str, object]:
        """Return the result as it is kept."""
        return {
            "seed": seed,
            "count": self.count,
            "false_pass": self.of(Wrong.FALSE_PASS),
            "false_fail": self.of(Wrong.FALSE_FAIL),
            "pass_where_sufficient": round(self.pass_where_sufficient, 5),
            "cause_named": round(self.cause_named, 5),
            "sufficient": self.sufficient,
            "grey": self.grey,
            "unjudged": self.unjudged,
            "unsaid": self.of(Wrong.UNSAID),
            "taken": self.of(Wrong.TAKEN),
            "verdicts": {value.value: number for value, number in self.values.items()},
        }


Layer = Callable[[World], Judged | None]


def try_worlds(seed: int, indices: Sequence[int], layer: Layer = judge_world) -> Tally:
    """Judge the worlds of a seed with these numbers."""
    tally = Tally()
    for index in indices:
        tally.add(index, layer(draw(f"{seed}:{index}")))
    return tally


def campaign(seed: int, count: int, *, workers: int, layer: Layer = judge_world) -> Tally:
    """Judge so many worlds of a seed, in several processes."""
    chunks = [range(begin, min(begin + CHUNK, count)) for begin in range(0, count, CHUNK)]
    work = partial(try_worlds, seed, layer=layer)
    tally = Tally()
    if workers <= 1:
        for chunk in chunks:
            tally.join(work(chunk))
        return tally
    with ProcessPoolExecutor(workers) as pool:
        for part in pool.map(work, chunks):
            tally.join(part)
    return tally
