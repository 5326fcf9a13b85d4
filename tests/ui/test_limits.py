"""What a guided run waits for: the console's page within reach, the reasons, the times that are left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from rdpgui.core.account_events import SessionsObserved
from rdpgui.core.countdowns import Countdown, Limit
from rdpgui.core.events import Event
from rdpgui.core.freshness import Moment, Sight
from rdpgui.core.ids import ConnectionId, RunId
from rdpgui.core.place import Place
from rdpgui.core.run_events import ConnectionOpened, RunStarted, SessionAttached
from rdpgui.core.session import PORT_FORWARDING_DOCUMENT
from rdpgui.ui.render_limits import limit_line
from tests.ui.conftest import Bench
from tests.ui.snapshots import ACCOUNT, NOW, REGION, WATCHED, WEB1, fold, run_events, seeded, session

LINK = "https://us-east-1.console.aws.amazon.com/systems-manager/fleet-manager/remote-desktop?nodeIds=i-1"
RID = RunId("r1")


@pytest.fixture(autouse=True)
def at_the_moment(bench: Bench) -> Iterator[None]:
    """Let it be the moment of the snapshots: on a slow machine minutes have passed since they were made."""
    usual = bench.workbench.looked.moment
    bench.workbench.looked.moment = lambda: Moment(NOW, time.monotonic())
    yield
    bench.workbench.looked.moment = usual


def guided(*more: Event) -> list[Event]:
    """Return a run on AWS that waits for a person's connection."""
    begun = run_events("r1", start=NOW - timedelta(seconds=90))[:4]
    here = Place(account_id=ACCOUNT, region=REGION)
    on_aws = [
        replace(e, place=here, plan=replace(e.plan, lab=False)) if isinstance(e, RunStarted) else e for e in begun
    ]
    opened = ConnectionOpened(NOW - timedelta(seconds=88), RID, ConnectionId(""), LINK, by_person=True)
    return [*on_aws, opened, *more]


def attached(minutes: float) -> SessionAttached:
    """Return the run's session, begun so long ago."""
    begun_at = NOW - timedelta(minutes=minutes)
    found = replace(session("r1", begun_at), active=True, target=WEB1, document_name=PORT_FORWARDING_DOCUMENT)
    return SessionAttached(NOW, RID, found)


def _told(bench: Bench) -> str:
    bar = bench.find(QWidget, "limits_bar")
    assert bar.isVisible()
    return " ".join(found.text() for found in bar.findChildren(QLabel) if found.isVisible())


def test_that_the_console_s_page_is_a_click_and_a_key_away(bench: Bench) -> None:
    bench.show(fold(seeded(lab=False), *guided()))
    told = _told(bench)
    assert "Waiting for your connection in the console" in told and "Possible:" in told
    button = bench.find(QPushButton, "limits_open")
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    bench.press("limits_open")
    bench.window.actions_by_name["open-console"].trigger()
    assert [order for order in bench.commands.orders if order[0] == "open_console"] == [("open_console", RID)] * 2
    bench.press("limits_copy")
    assert QGuiApplication.clipboard().text() == LINK


def test_that_the_limits_stand_beside_the_run_and_go_with_its_session(bench: Bench) -> None:
    bench.show(fold(seeded(lab=False), *guided(attached(3.0))))
    told = _told(bench)
    assert "Idle limit of 10 min: not before" in told and "The last input is not known" in told
    assert "Maximum of 60 min: about" in told and "Reported, not documented" in told
    bench.show(fold(seeded(), *run_events("r2")[:8]))
    assert not bench.find(QWidget, "limits_bar").isVisible(), "in the lab nothing of it holds"
    assert not bench.window.actions_by_name["open-console"].isEnabled()


def test_that_a_chosen_session_without_a_run_has_its_limits_too(bench: Bench) -> None:
    live = attached(20.0).session
    bench.show(fold(seeded(lab=False), SessionsObserved(NOW, (live,), WATCHED)))
    bench.window.ui_state.select_session(live.session_id)
    bench.workbench.rendering.force()
    assert "possible at any moment since" in _told(bench)


@pytest.mark.parametrize(
    ("limit", "passed", "seen_s", "words"),
    [
        (Limit.IDLE, True, None, "possible at any moment"),
        (Limit.MAXIMUM, True, None, "whether it ended the connection was not read yet"),
        (Limit.MAXIMUM, True, 30.0, "may have been renewed"),
        (Limit.MAXIMUM, False, None, "unless it is renewed in the browser"),
    ],
)
def test_that_a_limit_is_never_said_to_have_struck(
    limit: Limit, passed: bool, seen_s: float | None, words: str
) -> None:
    until_at = None if limit is Limit.IDLE else NOW + timedelta(seconds=1)
    item = Countdown(limit, NOW, until_at, passed, 600.0, documented=True)
    seen = Sight(live=False, seen_at=NOW + timedelta(seconds=seen_s) if seen_s is not None else None)
    line = limit_line(item, NOW + timedelta(seconds=60), seen)
    assert line is not None and words in line.text


def test_that_of_what_is_only_reported_nothing_is_said_once_it_is_past() -> None:
    item = Countdown(Limit.CHANNEL, NOW, NOW, passed=True, lasts_s=3600.0, documented=False)
    assert limit_line(item, NOW + timedelta(seconds=1), Sight(live=True, seen_at=NOW)) is None
