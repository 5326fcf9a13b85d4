"""The line of the history that is read without events is the one that the events make."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from rdpgui.core.errors import JournalDamaged
from rdpgui.core.journal import FIRST_LINK, link_of, read_journal, rebuild
from rdpgui.core.journal_scan import read_summary, scan_journal
from rdpgui.core.judging.claims import ClaimResult, judge_facts
from rdpgui.core.judging.summary import summarise
from tests.helpers.many_runs import journals
from tests.helpers.simulated_world import Behaviour
from tests.unit.runner.scenes import run_scene


def _resealed(lines: list[str]) -> list[str]:
    """Return lines with a whole chain."""
    previous, made = FIRST_LINK, []
    for number, line in enumerate(lines):
        body = {**json.loads(line), "seq": number, "prev": previous}
        made.append(json.dumps(body, separators=(",", ":")))
        previous = link_of(made[-1])
    return made


def _told_at(line: str, at: str) -> str:
    """Return a line whose event is of another time."""
    body = json.loads(line)
    return json.dumps({**body, "event": {**body["event"], "at": at}}, separators=(",", ":"))


@pytest.mark.case("X2")
def test_that_both_ways_of_reading_tell_the_same_of_every_kind_of_run() -> None:
    for run_id, journal in journals(10):
        lines = journal.splitlines()
        quick, whole = scan_journal(lines, run_id), read_summary(lines)
        assert quick == whole._replace(claim=None)
        assert quick.needs_reading == (whole.verdict is not None)
        run = rebuild(read_journal(lines)[0])
        assert run is not None and summarise(run) == whole


@pytest.mark.case("X2")
@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(film_early_s=20.0),
        Behaviour(session_never_ends=True),
        Behaviour(never_connects=True),
        Behaviour(not_a_film=True),
        Behaviour(object_twice=True),
        Behaviour(answer_lost=True),
    ],
)
def test_that_both_ways_tell_the_same_of_runs_that_go_wrong_and_of_every_beginning_of_them(
    behaviour: Behaviour,
) -> None:
    scene, run = run_scene(behaviour)
    lines = scene.world.journals[run.run_id]
    for count in range(1, len(lines) + 1):
        quick, whole = scan_journal(lines[:count], run.run_id), read_summary(lines[:count])
        assert quick == whole._replace(claim=None)
        assert quick.is_open == (count < len(lines))
    assert scene.store.state.history[run.run_id] == read_summary(lines) == summarise(run)


@pytest.mark.case("L2")
def test_that_lines_are_enough_to_judge_the_claims_as_whole_runs_do() -> None:
    lines = [read_summary(journal.splitlines()) for _, journal in journals(10)]
    supported = judge_facts([line.claim for line in lines if line.claim is not None and line.lab])
    assert [claim.result for claim in supported][:2] == [ClaimResult.REFUTED, ClaimResult.UNTESTED]
    assert {line.place for line in lines} == {"lab:default", "aws:111122223333/us-east-1"}


@pytest.mark.case("R13")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda lines: [], "it is empty"),
        (lambda lines: lines[1:], "carries the number 1"),
        (lambda lines: _resealed(lines[1:]), "does not begin with the start"),
        (lambda lines: [line.replace("win-0", "win-1") for line in lines], "was changed"),
        (lambda lines: [*lines[:3], "{", *lines[4:]], "not JSON"),
        (lambda lines: [*lines[:3], "[]", *lines[4:]], "not a line of a journal"),
        (lambda lines: _resealed([line.replace('"phase":"steady"', '"phase":7') for line in lines]), "another shape"),
        (lambda lines: _resealed([*lines[:2], json.dumps({"event": []}), *lines[2:]]), "another shape"),
        (lambda lines: _resealed([line.replace('run_id":"', 'run_id":"../') for line in lines]), "belongs to the run"),
        (lambda lines: _resealed([_told_at(line, "0001-01-01T00:00:00+10:00") for line in lines]), "another shape"),
        (lambda lines: _resealed([_told_at(line, "9999-12-31T23:59:59+00:00") for line in lines]), "another shape"),
        (lambda lines: _resealed([re.sub('"duration_s":[0-9.]+', f'"duration_s":{10**400}', line) for line in lines]),
         "another shape"),
    ],
)  # fmt: skip
def test_that_a_journal_that_cannot_be_trusted_says_why(change: Callable[[list[str]], list[str]], reason: str) -> None:
    ((run_id, journal),) = journals(1)
    lines = change(journal.splitlines())
    with pytest.raises(JournalDamaged) as raised:
        scan_journal(lines, run_id)
    assert reason in raised.value.text()
    assert raised.value.remedy
