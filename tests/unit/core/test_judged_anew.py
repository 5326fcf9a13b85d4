"""The verdict derived again from a journal alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rdpgui.core.errors import JournalDamaged
from rdpgui.core.events import HandEvent, RunEvent
from rdpgui.core.film import TailClass, TailMetrics
from rdpgui.core.instance import InstanceState
from rdpgui.core.journal import ChainEnd, link_of, seal
from rdpgui.core.judged_anew import JudgedAnew, judge_journal
from rdpgui.core.judging.judge import judge
from rdpgui.core.objects_before import steps_of
from rdpgui.core.people_events import ConfirmationWithdrawn, VisuallyConfirmed
from rdpgui.core.place import Place
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import BaselineTaken, DestinationRead, InstanceChanged, RunEnded, RunStarted, VerdictReached
from rdpgui.core.verdict import CheckId, CheckResult, VerdictValue, VisualConfirmation
from tests.unit.core.samples import KEY, RUN, at, begin, disrupted, ended, facts, recorded, state_of

OF_0_1_0 = Path(__file__).parents[2] / "data" / "journal-0.1.0.jsonl"
READ = DestinationRead(at(13.4), RUN, True, True, at(13.4), 5)


def lines_of(events: Sequence[RunEvent | HandEvent]) -> list[str]:
    """Return the journal of events."""
    end, lines = ChainEnd(), []
    for event in events:
        line, end = seal(end, event)
        lines.append(line)
    return lines


def evidence(*recorded_events: RunEvent) -> list[RunEvent]:
    """Return a run's events up to its verdict."""
    started, *rest = begin()
    assert isinstance(started, RunStarted)
    return [replace(started, place=Place("default")), *rest, *disrupted(), *ended(), *recorded_events, READ]


def judged_at_once(events: list[RunEvent]) -> list[RunEvent]:
    """Return the events with the verdict that was reached on them, and the run's end."""
    verdict = VerdictReached(at(13.5), RUN, judge(state_of(events)))
    return [*events, verdict, RunEnded(at(20), RUN, RunStatus.COMPLETED, "")]


def anew(events: Sequence[RunEvent]) -> JudgedAnew:
    return judge_journal(lines_of(events))


def result_of(judged: JudgedAnew, check_id: CheckId) -> tuple[CheckResult, str]:
    return next((c.result, c.cause) for c in judged.verdict.checks if c.check_id is check_id)


def lacks_of(judged: JudgedAnew) -> list[str]:
    return [lack.lack_id for lack in judged.lacks]


@pytest.mark.case("R18")
def test_that_a_verdict_judged_again_is_the_same_to_the_last_number() -> None:
    events = judged_at_once(evidence(*recorded()))
    judged = anew(events)
    assert (judged.verdict, judged.written) == (judged.written, judged.verdict)
    assert (judged.verdict.value, judged.holds, judged.lacks, judged.said_since) == (VerdictValue.PASS, True, (), False)


@pytest.mark.case("R18")
def test_that_a_verdict_the_evidence_does_not_carry_does_not_hold() -> None:
    events = evidence(*recorded(film=facts(truncated=True)))
    written = judge(state_of(evidence(*recorded())))
    judged = anew([*events, VerdictReached(at(13.5), RUN, written), RunEnded(at(20), RUN, RunStatus.COMPLETED, "")])
    assert (judged.verdict.value, judged.holds) == (VerdictValue.FAIL, False)
    assert judged.written == written
    integrity = next(check for check in judged.verdict.checks if check.check_id is CheckId.INTEGRITY)
    then = judged.written_check(integrity)
    assert then is not None
    assert (integrity.result, then.result) == (CheckResult.CONTRADICTED, CheckResult.HELD)


@pytest.mark.case("R18")
def test_that_a_journal_of_0_1_0_is_read_and_what_it_lacks_is_named() -> None:
    judged = judge_journal(OF_0_1_0.read_text(encoding="ascii").splitlines())
    assert judged.program_version == "0.1.0"
    assert lacks_of(judged) == ["clock", "neighbours", "destination", "session-origin", "object-key", "place"]
    assert judged.written is not None
    assert (judged.written.value, judged.verdict.value) == (VerdictValue.PASS, VerdictValue.INCONCLUSIVE)
    assert judged.holds is False
    for check_id, cause in (
        (CheckId.OWN_RECORDING, "neighbours-unknown"),
        (CheckId.REACHES_END, "clock-not-tracked"),
    ):
        assert result_of(judged, check_id) == (CheckResult.NOT_MADE, cause)


@pytest.mark.case("R18")
def test_that_what_0_1_0_did_not_write_down_is_never_read_as_nothing_there() -> None:
    """Without an object, 0.1.0 said FAIL: whether it looked well enough is not in its journal."""
    events = [event for event in evidence() if event is not READ]
    judged = anew(judged_at_once(events))
    own = next(check for check in judged.verdict.checks if check.check_id is CheckId.OWN_RECORDING)
    assert own.result is CheckResult.NOT_MADE
    assert own.text().startswith("What was read of the recording destination is not in the journal")
    assert "destination" in lacks_of(judged)
    told_unread = anew(judged_at_once([*events, replace(READ, readable=False)]))
    own = next(check for check in told_unread.verdict.checks if check.check_id is CheckId.OWN_RECORDING)
    assert own.text() == "The recording destination could not be read."


@pytest.mark.case("R18")
def test_that_what_restoring_changes_later_is_no_evidence() -> None:
    before = judged_at_once(evidence(*recorded()))
    restored = [
        InstanceChanged(at(15), RUN, InstanceState.TERMINATED, "", "", at(14)),
        *disrupted()[1:],
        *recorded(film=facts(truncated=True)),
    ]
    judged = anew([*before[:-1], *restored, before[-1]])
    assert judged.verdict == judged.written


@pytest.mark.case("R18")
def test_that_a_person_s_later_answer_counts_and_is_told_apart() -> None:
    plain = facts(tail=TailMetrics(TailClass.CONTENT, 120.0, 50.0, 0.3, 0.2))
    events = judged_at_once(evidence(*recorded(film=plain)))
    assert anew(events).verdict.value is VerdictValue.INCONCLUSIVE
    seen = VisuallyConfirmed(at(60), RUN, VisualConfirmation(True, "ann", at(60), "recording.mp4", 8.4))
    answered = anew([*events, seen])
    assert answered.written is not None
    assert (answered.written.value, answered.verdict.value) == (VerdictValue.INCONCLUSIVE, VerdictValue.PASS)
    assert (answered.holds, answered.said_since) == (False, True)
    withdrawn = anew([*events, seen, ConfirmationWithdrawn(at(70), RUN, "ann")])
    assert (withdrawn.verdict, withdrawn.holds) == (withdrawn.written, True)


@pytest.mark.case("R18")
def test_that_a_run_without_a_verdict_is_judged_and_nothing_is_said_to_hold() -> None:
    judged = anew(evidence(*recorded()))
    assert (judged.verdict.value, judged.written, judged.holds) == (VerdictValue.PASS, None, None)
    assert lacks_of(judged) == ["end"]
    assert judged.written_check(judged.verdict.checks[0]) is None


def test_that_a_run_that_came_to_nothing_is_not_blamed_for_what_it_could_not_read() -> None:
    judged = anew([*begin()[:2], RunEnded(at(2), RUN, RunStatus.FAILED, "no instance")])
    assert (judged.verdict.value, judged.lacks) == (VerdictValue.INCONCLUSIVE, ())


@pytest.mark.case("R18")
@pytest.mark.parametrize("gone", [0, 1, 4, 31])
def test_that_a_journal_with_a_line_removed_is_not_judged_and_the_line_is_named(gone: int) -> None:
    lines = OF_0_1_0.read_text(encoding="ascii").splitlines()
    with pytest.raises(JournalDamaged, match=rf"Line {gone + 1} of the journal .*backup or the evidence pack"):
        judge_journal(lines[:gone] + lines[gone + 1 :])


def test_that_what_is_no_journal_of_a_run_is_refused() -> None:
    with pytest.raises(JournalDamaged, match="it is empty"):
        judge_journal([])
    with pytest.raises(JournalDamaged, match="does not begin with the start of a run"):
        judge_journal(lines_of(begin()[1:]))


@pytest.mark.case("R18")
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
def test_that_a_number_that_is_none_makes_a_journal_unreadable(number: str) -> None:
    """The program writes none; ``json`` would read it, and every comparison with it would be false."""
    end, lines = ChainEnd(), []
    for event in evidence(*recorded()):
        line, _ = seal(end, event)
        line = line.replace('"offset_low_s":-0.05', f'"offset_low_s":{number}')
        end = ChainEnd(end.seq + 1, link_of(line))
        lines.append(line)
    with pytest.raises(JournalDamaged, match=r"ClockSampled\.offset_low_s cannot be read: it is no finite number"):
        judge_journal(lines)


@pytest.mark.case("R18")
def test_that_each_check_is_set_against_the_one_that_was_written_of_the_same() -> None:
    judged = anew(judged_at_once(evidence(*recorded())))
    pairs = [(check, judged.written_check(check)) for check in judged.verdict.checks]
    assert len(pairs) == len(CheckId)
    assert all(then is not None and then.check_id is check.check_id for check, then in pairs)
    unwritten = replace(judged, written=replace(judged.verdict, checks=judged.verdict.checks[:1]))
    assert [unwritten.written_check(check) is not None for check, _ in pairs] == [True, *[False] * (len(pairs) - 1)]


def _verdict_on(events: Sequence[RunEvent], at_s: float) -> VerdictReached:
    return VerdictReached(at(at_s), RUN, judge(state_of(list(events))))


@pytest.mark.case("R18")
def test_that_a_run_that_judged_itself_twice_is_judged_on_all_that_came_before_the_last_time() -> None:
    """It went on looking: what came between its verdicts is evidence of the second one."""
    bare = evidence()
    first = _verdict_on(bare, 13.5)
    assert first.verdict.value is not VerdictValue.PASS
    *whole, read = evidence(*recorded())
    second = _verdict_on([*whole, read], 14.0)
    events = [*bare, first, *recorded(), READ, second, RunEnded(at(20), RUN, RunStatus.COMPLETED, "")]
    judged = anew(events)
    assert (judged.verdict.value, judged.written, judged.holds) == (VerdictValue.PASS, second.verdict, True)


@pytest.mark.case("R18")
def test_that_a_verdict_that_is_written_again_after_the_end_rests_on_no_more_than_the_first() -> None:
    """Somebody ended the instance after the run, and a person's answer had the verdict written once more."""
    events = judged_at_once(evidence(*recorded()))
    later = [
        InstanceChanged(at(30), RUN, InstanceState.TERMINATED, "", "", at(29)),
        *recorded(film=facts(truncated=True)),
    ]
    again = VerdictReached(at(61), RUN, judge(state_of(evidence(*recorded()))))
    judged = anew([*events, *later, again])
    assert (judged.verdict.value, judged.holds) == (VerdictValue.PASS, True)


@pytest.mark.case("R18")
@pytest.mark.parametrize(
    ("listed", "beside", "lacks", "result"),
    [
        ((("old", "e0"),), True, [], CheckResult.HELD),
        ((("old", "e0"),), False, ["objects-before"], None),
        (((KEY, "e-before"), ("old", "e0")), True, [], CheckResult.HELD),  # it replaced an older object
    ],
)
def test_that_the_list_of_what_lay_there_is_read_from_beside_the_journal(
    listed: tuple[tuple[str, str], ...], beside: bool, lacks: list[str], result: CheckResult | None
) -> None:
    data = b"".join(steps_of(listed))
    aside = {"object_keys": (), "objects_sha256": hashlib.sha256(data).hexdigest(), "object_count": len(listed)}
    events = [replace(e, **aside) if isinstance(e, BaselineTaken) else e for e in evidence(*recorded())]  # type: ignore[arg-type]
    lines = lines_of([*events, RunEnded(at(20), RUN, RunStatus.COMPLETED, "")])
    judged = judge_journal(lines, data if beside else None)
    assert lacks_of(judged) == lacks
    own = next(check for check in judged.verdict.checks if check.check_id is CheckId.OWN_RECORDING)
    assert result is None or own.result is result
    assert ("replaced an older object" in own.text()) is (len(listed) == 2)
    if beside:
        with pytest.raises(JournalDamaged, match="list of the objects"):
            judge_journal(lines, data.replace(b"e", b"f"))


@pytest.mark.case("R18")
def test_that_a_list_in_the_journal_s_line_needs_no_file_beside_it() -> None:
    lines = lines_of(judged_at_once(evidence(*recorded())))
    assert judge_journal(lines, b"another file that lies there").verdict == judge_journal(lines).verdict
