"""A journal alone carries the verdict of its run, whatever was done to it and whatever went wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.account_events import IdentityObserved, PlaceOpened
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.journal import ChainEnd, read_journal, rebuild, seal
from rdpgui.core.judged_anew import judge_journal
from rdpgui.core.judging.judge import judge
from rdpgui.core.place import Place
from rdpgui.core.run_events import CandidatesFound, FilmSaved, VerdictReached
from rdpgui.core.session import AccessType
from rdpgui.core.verdict import VerdictValue
from tests.helpers.simulated_world import ACCOUNT, REGION, Behaviour
from tests.unit.runner.scenes import Scene, run_scene

WORLDS = {
    "good": Behaviour(),
    "aws": replace(Behaviour(), lab=False),
    "missing": Behaviour(object_missing=True),
    "denied": Behaviour(denied=True),
    "unlisted": Behaviour(listing_denied=True),
    "foreign": Behaviour(object_foreign=True),
    "rival": Behaviour(object_rival=True),
    "twice": Behaviour(object_twice=True),
    "truncated": Behaviour(truncated=True),
    "early": Behaviour(film_early_s=5.0, shutdown_screen_s=7.0),
    "skewed": Behaviour(skew_s=40.0),
    "endless": Behaviour(session_never_ends=True),
}


def _in_lab(scene: Scene) -> None:
    now = scene.world.clock.now()
    scene.store.publish(PlaceOpened(now, Place("default")))
    scene.store.publish(IdentityObserved(now, ACCOUNT, "arn", REGION, "", "", True))


@pytest.mark.case("R18")
@pytest.mark.parametrize("disruption_id", list(DisruptionId))
def test_that_the_journal_of_a_disruption_carries_its_verdict(disruption_id: DisruptionId) -> None:
    scene, run = run_scene(Behaviour(), disruption_id, AccessType.JUST_IN_TIME, prepare=_in_lab)
    judged = judge_journal(scene.world.journals[run.run_id])
    assert (judged.verdict, judged.holds) == (run.verdict, True)
    assert judged.lacks == ()


@pytest.mark.case("R18")
@pytest.mark.parametrize("name", list(WORLDS))
def test_that_the_journal_of_a_fault_carries_its_verdict(name: str) -> None:
    scene, run = run_scene(WORLDS[name])
    judged = judge_journal(scene.world.journals[run.run_id])
    assert run.verdict is not None
    assert (judged.verdict, judged.written, judged.holds) == (run.verdict, run.verdict, True)


@pytest.mark.case("R18")
def test_that_of_two_verdicts_of_a_run_that_was_taken_up_the_last_one_is_judged_by_what_came_before_it() -> None:
    scene, run = run_scene(Behaviour())
    events, _end = read_journal(scene.world.journals[run.run_id])
    first = next(place for place, event in enumerate(events) if isinstance(event, CandidatesFound | FilmSaved))
    before = rebuild(events[:first])
    assert before is not None
    early = VerdictReached(events[first].at, run.run_id, judge(before))
    assert early.verdict.value is not VerdictValue.PASS and run.verdict is not None
    told, end = [], ChainEnd()
    for event in (*events[:first], early, *events[first:]):
        line, end = seal(end, event)
        told.append(line)
    judged = judge_journal(told)
    assert (judged.verdict, judged.written, judged.holds) == (run.verdict, run.verdict, True)
    whole = rebuild(read_journal(told)[0])
    assert whole is not None and judge(whole) == run.verdict
