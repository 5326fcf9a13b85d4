"""What answers showed in passing stands in the journal of the run that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rdpgui.core.noted import AnswerKind, AnswersNoted, NotedAnswer
from rdpgui.core.run_events import CandidatesFound, RunEnded, VerdictReached
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner.experiment_runner import ExperimentRunner
from tests.helpers.simulated_world import TARGET, Behaviour
from tests.unit.runner.scenes import Scene, run_scene


@dataclass
class Book:
    """Answers that a test put there; each ``at`` is taken as it is."""

    answers: list[NotedAnswer] = field(default_factory=list)

    def since(self, at: datetime) -> tuple[NotedAnswer, ...]:
        return tuple(answer for answer in self.answers if answer.at >= at)


def noted(scene: Scene) -> list[AnswersNoted]:
    return [event for event in scene.events if isinstance(event, AnswersNoted)]


def run_with(answers: Sequence[tuple[float, AnswerKind, str, dict[str, str]]]) -> Scene:
    def prepare(scene: Scene) -> None:
        now = scene.world.clock.now()
        made = [
            NotedAnswer(
                datetime.fromtimestamp(now.timestamp() + seconds, now.tzinfo), kind, "c", subject, tuple(f.items())
            )
            for seconds, kind, subject, f in answers
        ]
        scene.ports = replace(scene.ports, answers=Book(made))
        scene.runner = ExperimentRunner(scene.ports, scene.store, scene.settings, scene.timing)

    scene, run = run_scene(Behaviour(), prepare=prepare)
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS
    return scene


def test_that_a_run_that_saw_nothing_of_the_kind_says_so_once_before_its_verdict() -> None:
    scene = run_with([])
    (event,) = noted(scene)
    assert event.answers == ()
    kinds = [type(event) for event in scene.events]
    assert kinds.index(AnswersNoted) < kinds.index(VerdictReached)


def test_that_without_a_book_nothing_is_written() -> None:
    scene, _run = run_scene(Behaviour())
    assert noted(scene) == []


def test_that_only_what_is_the_runs_own_stands_in_its_journal_each_once() -> None:
    whose = {"event-at": "2001-01-01T00:00:00+00:00"}
    scene = run_with([
        (-60.0, AnswerKind.PREFERENCES_UNSET, "", {"answer": "before"}),
        (3600.0, AnswerKind.PREFERENCES_UNSET, "", {"answer": "error"}),
        (3600.0, AnswerKind.OBJECT_HEAD, "another key", {}),
        (3600.0, AnswerKind.AUDIT_EVENT, TARGET, whose),
        (3600.0, AnswerKind.AUDIT_EVENT, "i-other", {"event-at": "2999-01-01T00:00:00+00:00"}),
        (3600.0, AnswerKind.AUDIT_EVENT, TARGET, {"event-at": "2999-01-01T00:00:00+00:00"}),
        (3600.0, AnswerKind.AUDIT_EVENT, TARGET, {"event-at": ""}),
        (3600.0, AnswerKind.AUDIT_EVENT, TARGET, {"event-at": "yesterday"}),
        (3600.0, AnswerKind.ACCESS_ANSWER, "i-other", {}),
        (3600.0, AnswerKind.ACCESS_ANSWER, "oi-1", {}),
        (3600.0, AnswerKind.AUDIT_LOOK, "EventSource=k", {}),
    ])  # fmt: skip
    (event,) = noted(scene)
    assert [(answer.kind, answer.subject) for answer in event.answers] == [
        (AnswerKind.PREFERENCES_UNSET, ""),
        (AnswerKind.AUDIT_EVENT, TARGET),
        (AnswerKind.ACCESS_ANSWER, "oi-1"),
        (AnswerKind.AUDIT_LOOK, "EventSource=k"),
    ]
    assert isinstance(scene.events[-1], RunEnded) or any(isinstance(e, RunEnded) for e in scene.events)


def test_that_the_head_of_its_own_object_is_noted() -> None:
    scene, _run = run_scene(Behaviour())
    key = next(e.objects[0].key for e in scene.events if isinstance(e, CandidatesFound))
    (event,) = noted(run_with([(3600.0, AnswerKind.OBJECT_HEAD, key, {"TagCount": "1"})]))
    assert [answer.subject for answer in event.answers] == [key]
