"""The page about the journal tells of every event and field that a journal can hold."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from rdpgui.core.events import HandEvent, RunEvent
from rdpgui.core.judged_anew import judge_journal
from rdpgui.core.passing_events import PassingEvent
from tests.unit.core.test_judged_anew import OF_0_1_0

PAGE = (Path(__file__).parents[3] / "resources" / "docs" / "journal.md").read_text(encoding="utf-8")
ROWS = {line.split("`")[1]: line for line in PAGE.splitlines() if line.startswith("| `")}
NOT_KEPT = get_args(PassingEvent)


@pytest.mark.case("R18")
@pytest.mark.parametrize("kind", [kind for kind in get_args(RunEvent) if kind not in NOT_KEPT])
def test_that_the_page_names_every_event_with_all_its_fields(kind: type[RunEvent]) -> None:
    row = ROWS.get(kind.__name__)
    assert row is not None, f"resources/docs/journal.md does not name {kind.__name__}"
    missing = [item.name for item in fields(kind) if item.name not in ("at", "run_id") and f"`{item.name}`" not in row]
    assert missing == []


def test_that_the_page_names_what_is_kept_elsewhere_or_not_at_all() -> None:
    for kind in (*get_args(HandEvent), *NOT_KEPT):
        assert f"`{kind.__name__}`" in PAGE


@pytest.mark.case("R18")
def test_that_the_page_names_what_an_old_journal_lacks() -> None:
    lacks = judge_journal(OF_0_1_0.read_text(encoding="ascii").splitlines()).lacks
    assert {lack.lack_id for lack in lacks} <= ROWS.keys()
