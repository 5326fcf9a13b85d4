"""Claim C6 on the claims page: what the shells of the place show, read when the page is opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from PySide6.QtWidgets import QLabel

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.ids import AccountId, InstanceId, Region
from rdpgui.core.judging.claims import ClaimId
from rdpgui.core.place import Place
from rdpgui.core.shell_log import ShellContrast, ShellLogSettings, ShellSettingsSeen
from rdpgui.ui.claim_views import claim_views, shell_log_line
from rdpgui.ui.main_window import Page
from rdpgui.ui.panels.claims import ClaimView
from tests.ui.conftest import Bench
from tests.ui.snapshots import seeded
from tests.unit.core.judging.test_shell_logs import ARRIVED, CUT, shell


def _c6(*shells: ShellContrast) -> ClaimView:
    return next(view for view in claim_views((), shells) if view.claim_id == ClaimId.C6)


def test_that_the_claim_of_the_shells_is_told_by_what_was_found_and_leads_to_no_run() -> None:
    assert (_c6().result, _c6(ARRIVED).result) == ("untested", "untested")
    assert "cut off" in _c6().reason
    found = _c6(ARRIVED, shell("cut-1", CUT, None))
    assert (found.result, found.run_ids) == ("supported", ())
    assert found.reason.startswith("Supported by 1")


def test_that_the_shells_are_read_when_the_claims_are_opened_and_then_shown(bench: Bench) -> None:
    def reads() -> list[tuple[object, ...]]:
        return [order for order in bench.commands.orders if order[0] == "read_shells"]

    bench.show(seeded())
    assert reads() == []
    bench.window.show_page(Page.CLAIMS)
    bench.show(seeded())
    bench.show(seeded())
    assert len(reads()) == 1
    on_read = reads()[0][1]
    assert callable(on_read)
    on_read((ARRIVED, shell("cut-1", CUT, None)))
    assert "supported" in [label.text() for label in bench.window.findChildren(QLabel)]
    bench.window.show_page(Page.EXPERIMENT)
    bench.show(seeded())
    bench.window.show_page(Page.CLAIMS)
    bench.show(seeded())
    assert len(reads()) == 2


AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ELSEWHERE = Place(account_id=AccountId("999999999999"), region=Region("eu-west-1"))


def _said(bench: Bench) -> str:
    """Return what stands under C6 about the preferences, empty where nothing does."""
    found = [label.text() for label in bench.window.findChildren(QLabel, "claim_now")]
    return "".join(found)


def _asks(bench: Bench) -> list[Any]:
    return [order[1] for order in bench.commands.orders if order[0] == "read_shell_settings"]


def test_that_where_shells_log_is_read_when_the_claims_are_opened_and_told_with_its_time(bench: Bench) -> None:
    state = seeded()
    bench.show(state)
    assert _asks(bench) == [], "looking at something else asks nothing"
    bench.window.show_page(Page.CLAIMS)
    bench.show(state)
    (on_seen,) = _asks(bench)
    assert "not been read yet" in _said(bench)
    assert state.place is not None
    settings = ShellLogSettings("logs", "shells", "group", streamed=True, odd=(("archive", "x"),))
    on_seen(ShellSettingsSeen(AT, ELSEWHERE, settings))
    assert "not been read yet" in _said(bench), "another place's preferences say nothing of this one"
    on_seen(ShellSettingsSeen(AT, state.place, settings))
    assert "s3://logs/shells" in _said(bench) and "streamed" in _said(bench) and ":06:07" in _said(bench)
    assert "archive = x" in _said(bench)
    on_seen(ShellSettingsSeen(AT, state.place, None))
    assert "were never saved" in _said(bench)
    on_seen(ShellSettingsSeen(AT, state.place, None, "Denied: ssm:GetDocument"))
    assert "could not be read" in _said(bench) and "ssm:GetDocument" in _said(bench)
    bench.show(replace(state, place=ELSEWHERE))
    assert "not been read yet" in _said(bench), "what was read belongs to the place that was left"
    assert len(_asks(bench)) == 2


def test_that_the_line_of_the_contrast_works_in_this_place() -> None:
    who = IdentityObserved(AT, AccountId("1"), "arn", Region("eu-west-1"), "my profile", "", lab=False)
    assert shell_log_line(who, InstanceId("i-0123")) == (
        "rdpgui shell-log --profile 'my profile' --region eu-west-1 --instance i-0123"
    )
    assert shell_log_line(replace(who, profile=""), None).endswith("--region eu-west-1 --instance INSTANCE_ID")
    assert shell_log_line(replace(who, lab=True), InstanceId("i-0123")).endswith("--scenario shell-log-streamed")
    assert shell_log_line(None, None) == ""
