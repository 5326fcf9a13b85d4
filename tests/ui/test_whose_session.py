"""A session whose owner does not tell who opened it: the window asks, its owner named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from rdpgui.core.events import Event
from rdpgui.core.ids import RunId, SessionId
from rdpgui.core.people_events import SessionAnswered, SessionQuestioned
from rdpgui.core.place import Place
from rdpgui.core.run_events import RunStarted
from rdpgui.core.session import AccessType
from tests.ui.conftest import Bench
from tests.ui.snapshots import ACCOUNT, NOW, REGION, WEB1, fold, run_events, seeded, session

SIGNED = "arn:aws:sts::123456789012:assumed-role/SSM-JustInTimeAccessTokenRole/x"
ASKED = SessionQuestioned(
    NOW,
    RunId("r1"),
    replace(session("x", NOW), active=True, target=WEB1, owner=SIGNED, access_type=AccessType.JUST_IN_TIME),
)
OTHER = replace(ASKED, session=replace(ASKED.session, session_id=SessionId("later")))


def _connecting(*more: Event) -> list[Event]:
    """A run on AWS that waits for its session."""
    events = run_events("r1", start=NOW - timedelta(seconds=10))[:4]
    here = Place(account_id=ACCOUNT, region=REGION)
    return [*(replace(e, place=here) if isinstance(e, RunStarted) else e for e in events), *more]


def _is_open() -> bool:
    return any(w.objectName() == "whose_dialog" and w.isVisible() for w in QApplication.topLevelWidgets())


@pytest.mark.case("P6")
@pytest.mark.parametrize(("button", "own"), [("whose_go", True), ("whose_other", False)])
def test_that_a_run_s_question_is_put_with_the_owner_and_answered(bench: Bench, button: str, own: bool) -> None:
    bench.show(fold(seeded(lab=False), *_connecting(ASKED)))
    dialog = bench.dialog("whose_dialog")
    told = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert SIGNED in told and ASKED.session.session_id in told
    dialog.findChild(QPushButton, button).click()
    assert bench.commands.orders[-1] == ("answer_session", RunId("r1"), ASKED.session.session_id, own)
    answer = SessionAnswered(NOW, RunId("r1"), ASKED.session.session_id, SIGNED, own, "ann")
    bench.show(fold(seeded(lab=False), *_connecting(ASKED, answer)))
    assert not _is_open()


@pytest.mark.case("P6")
def test_that_a_question_left_open_is_asked_again_on_demand_and_taken_back_when_it_is_over(bench: Bench) -> None:
    state = fold(seeded(lab=False), *_connecting(ASKED))
    bench.show(state)
    bench.dialog("whose_dialog").findChild(QPushButton, "whose_cancel").click()
    bench.workbench.rendering.force()
    assert not _is_open() and not [order for order in bench.commands.orders if order[0] == "answer_session"]
    action = bench.window.actions_by_name["whose-session"]
    assert action.isEnabled()
    action.trigger()
    assert _is_open()
    bench.show(seeded(lab=False))
    assert not _is_open() and not action.isEnabled()


@pytest.mark.case("P6")
def test_that_one_question_after_the_other_is_put(bench: Bench) -> None:
    bench.show(fold(seeded(lab=False), *_connecting(ASKED)))
    bench.show(fold(seeded(lab=False), *_connecting(ASKED, OTHER)))
    dialog = bench.dialog("whose_dialog")
    assert dialog.findChild(QLabel, "whose_fact_0").text() == "later"
