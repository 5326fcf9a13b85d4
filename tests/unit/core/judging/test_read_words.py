"""What was read from the film's end is a witness of the shutdown: it may see one, deny one, and proves nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.events import RunEvent
from rdpgui.core.film import EndClass, EndText, TailClass, TailMetrics
from rdpgui.core.judging.case import Destination
from rdpgui.core.judging.judge import judge
from rdpgui.core.judging.shown import Witness, shown
from rdpgui.core.people_events import VisuallyConfirmed
from rdpgui.core.verdict import CheckId, Verdict, VerdictValue, VisualConfirmation
from tests.unit.core.samples import NOT_PAINTED, RUN, at, begin, disrupted, ended, facts, on_aws, recorded, state_of

HEALTHY = Destination(True, True, at(100.0), looks=5, listed=1)
PLAIN = TailMetrics(TailClass.SOLID_TEXT, 60.0, 20.0, 0.9, 0.02)
DESKTOP = TailMetrics(TailClass.CONTENT, 120.0, 50.0, 0.3, 0.2)
READS = EndText(7.2, 8.9, EndClass.RESTART, "Restarting", "en", 15)


def _events(tail: TailMetrics, *texts: EndText) -> list[RunEvent]:
    film = facts(tail=tail, duration_s=8.9, last_frame_pts_s=8.9, end_texts=texts, **NOT_PAINTED)
    events: list[RunEvent] = [*begin(), *disrupted(), *ended(), *recorded(film=film)]
    return on_aws(events)


def _check(verdict: Verdict, check_id: CheckId) -> tuple[str, str]:
    check = next(check for check in verdict.checks if check.check_id is check_id)
    return check.cause, dict(check.fields).get("words", "")


@pytest.mark.case("V1", "V12")
@pytest.mark.parametrize("tail", [TailClass.CONTENT, TailClass.UNIFORM, TailClass.BLACK])
def test_that_words_decide_an_end_that_the_look_of_the_picture_leaves_open(tail: TailClass) -> None:
    look = replace(DESKTOP, tail_class=tail)
    assert judge(state_of(_events(look)), HEALTHY).value is VerdictValue.INCONCLUSIVE
    verdict = judge(state_of(_events(look, READS)), HEALTHY)
    assert verdict.value is VerdictValue.PASS
    assert _check(verdict, CheckId.LAST_FRAME) == ("", "Restarting")


@pytest.mark.parametrize(
    "text",
    [
        replace(READS, text_class=EndClass.SIGNOUT, text="Signing out"),
        replace(READS, text_class=EndClass.WAIT, text="Please wait"),
        replace(READS, text_class=EndClass.UNKNOWN, text="Good bye"),
        replace(READS, pictures=1),
        replace(READS, end_s=8.0),
    ],
    ids=["signing out", "waiting", "unknown", "one picture only", "not at the end"],
)
def test_that_other_words_and_such_as_do_not_last_show_no_shutdown(text: EndText) -> None:
    verdict = judge(state_of(_events(DESKTOP, text)), HEALTHY)
    assert verdict.value is VerdictValue.INCONCLUSIVE
    assert _check(verdict, CheckId.LAST_FRAME)[0] == "shutdown-not-seen"


def test_that_a_plain_picture_is_no_shutdown_when_it_reads_that_a_person_signs_out() -> None:
    out = replace(READS, text_class=EndClass.SIGNOUT, text="Signing out")
    assert judge(state_of(_events(PLAIN, out)), HEALTHY).value is VerdictValue.INCONCLUSIVE
    film = facts(tail=PLAIN, end_texts=(out,))
    assert shown(film, 3.0, None, lab=True).witness is Witness.NOBODY
    assert shown(replace(film, end_texts=()), 3.0, None, lab=True).witness is Witness.PICTURE


@pytest.mark.case("V1", "V2")
def test_that_how_a_picture_looks_is_a_witness_in_the_lab_only() -> None:
    assert judge(state_of(_events(PLAIN)), HEALTHY).value is VerdictValue.INCONCLUSIVE
    assert judge(state_of(_events(PLAIN, READS)), HEALTHY).value is VerdictValue.PASS
    yes = VisuallyConfirmed(at(20.0), RUN, VisualConfirmation(True, "ito", at(20.0)))
    assert judge(state_of([*_events(PLAIN), yes]), HEALTHY).value is VerdictValue.PASS


def test_that_a_person_who_sees_no_shutdown_outweighs_the_words() -> None:
    no = VisuallyConfirmed(at(20.0), RUN, VisualConfirmation(False, "ito", at(20.0)))
    assert judge(state_of([*_events(PLAIN, READS), no]), HEALTHY).value is VerdictValue.INCONCLUSIVE


@pytest.mark.case("V11")
def test_that_words_do_not_tell_whose_film_it_is() -> None:
    film = facts(duration_s=8.9, last_frame_pts_s=8.9, end_texts=(READS,), **NOT_PAINTED)
    verdict = judge(state_of([*begin(), *disrupted(), *ended(), *recorded(film=film)]), HEALTHY)
    assert (verdict.value, verdict.cause) == (VerdictValue.FAIL, "no-painted-clock")
