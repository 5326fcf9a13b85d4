"""``rdpgui judge``: the journal alone carries the verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from rdpgui.app.cli import main
from rdpgui.app.run_folders import JOURNAL_NAME
from rdpgui.core.events import RunEvent
from rdpgui.core.journal import ChainEnd, seal
from rdpgui.core.judging.judge import judge
from rdpgui.core.run_events import ClockSampled, DestinationRead, NeighboursRead, VerdictReached
from tests.unit.core.samples import RUN, at, begin, disrupted, ended, recorded, state_of


def _whole() -> list[RunEvent]:
    read = DestinationRead(at(19.0), RUN, True, True, at(18.0), 5, 1)
    events = [*begin(), *disrupted(), *ended(), *recorded(), read]
    return [*events, VerdictReached(at(20.0), RUN, judge(state_of(events)))]


def _written(folder: Path, events: Sequence[RunEvent]) -> Path:
    end, lines = ChainEnd(), []
    for event in events:
        line, end = seal(end, event)
        lines.append(line + "\n")
    (folder / JOURNAL_NAME).write_text("".join(lines))
    return folder


@pytest.mark.case("R18")
@pytest.mark.parametrize("name", ["", JOURNAL_NAME])
def test_that_a_journal_alone_gives_the_verdict_that_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    folder = _written(tmp_path, _whole())
    assert main(["judge", str(folder / name), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["written"], found["holds"], found["lacking"]) == ("pass", "pass", True, [])
    assert [check["result"] for check in found["checks"]] == ["held"] * 6
    assert all(check["text"] for check in found["checks"])


@pytest.mark.case("R18")
def test_that_what_an_old_journal_lacks_is_named_and_is_never_nothing_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = [e for e in _whole() if not isinstance(e, ClockSampled | NeighboursRead | DestinationRead)]
    folder = _written(tmp_path, old)
    assert main(["judge", str(folder), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["written"], found["holds"]) == ("inconclusive", "pass", False)
    assert found["lacking"] == ["clock-samples", "other-sessions", "destination"]
    assert main(["judge", str(folder)]) == 1
    assert "inconclusive" in capsys.readouterr().out


@pytest.mark.case("R18")
def test_that_what_is_no_journal_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", str(tmp_path)]) == 2
    assert JOURNAL_NAME in capsys.readouterr().err
