"""What the window shows of signing in: what was resolved, what is waited for, and one remedy for one cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget

from rdpgui.core.access import Access, CredentialKind, EnvironmentTone, NamedBy, environment_tone
from rdpgui.core.account_events import (
    IdentityObserved,
    InstancesObserved,
    PlaceOpened,
    PollFailed,
    PollWaits,
    SessionsObserved,
    Topic,
)
from rdpgui.core.errors import SettingsError
from rdpgui.core.place import Place
from rdpgui.core.settings import Settings
from rdpgui.core.sign_in import SignInNeed, SignInStep, Way
from rdpgui.core.state import AppState
from rdpgui.ui.dialogs.mfa import MfaDialog
from rdpgui.ui.widgets.table import WholeRows
from tests.ui.conftest import Bench
from tests.ui.snapshots import ACCOUNT, NOW, REGION, fold

ACCESS = Access("audit", NamedBy.ENVIRONMENT, CredentialKind.SSO, NamedBy.PROFILE, "sandbox")
WHO = IdentityObserved(
    NOW, ACCOUNT, "arn:aws:sts::123456789012:assumed-role/Audit/ann", REGION, "audit", "", lab=False, access=ACCESS
)
NEED = SignInNeed("aws sso login --profile audit", Way.SSO)
ENDED = PollFailed(NOW, Topic.IDENTITY, "The sign-in of profile audit has ended.", "Press Retry.", NEED)


@pytest.fixture
def bench(kept_bench: Bench) -> Bench:
    """One window for all of them."""
    kept_bench.forget()
    return kept_bench


def _opened() -> AppState:
    return fold(AppState(), PlaceOpened(NOW, Place(region=REGION)))


@pytest.mark.case("P5")
def test_that_the_banner_shows_what_was_resolved(bench: Bench) -> None:
    bench.show(fold(_opened(), WHO))
    assert bench.text("banner_place") == f"Account sandbox ({ACCOUNT}) · profile audit"
    assert bench.text("banner_identity").endswith("SSO · assumed-role/Audit/ann")
    tip = bench.find(QWidget, "banner_identity").toolTip()
    assert "audit (from the environment)" in tip and "(from the profile)" in tip
    bench.show(fold(_opened(), replace(WHO, profile="", access=replace(ACCESS, profile="", alias=""))))
    assert bench.text("banner_place") == f"Account {ACCOUNT} · default profile"
    until = datetime.now(UTC) + timedelta(minutes=9, seconds=30)
    bench.show(fold(_opened(), replace(WHO, access=replace(ACCESS, expires_at=until))))
    assert "9:" in bench.text("banner_identity") and "left" in bench.text("banner_identity")


def test_that_a_persons_rule_colours_the_banner_of_the_accounts_it_fits(bench: Bench) -> None:
    bench.workbench.show_settings(Settings().with_value("environment_rules", "prod=red; sand.*=green"))
    bench.show(fold(_opened(), WHO))
    assert bench.window.banner.property("environment") == "green"
    assert environment_tone("prod=red", "my-PROD", "audit") is EnvironmentTone.RED
    for wrong in ("prod", "prod=pink", "(=red", "=red"):
        with pytest.raises(SettingsError, match="rule"):
            Settings().with_value("environment_rules", wrong)


@pytest.mark.case("P4")
def test_that_one_cause_is_said_once_with_its_command_and_a_retry(bench: Bench) -> None:
    state = fold(_opened(), ENDED, *(replace(ENDED, topic=topic) for topic in Topic))
    bench.show(state)
    assert bench.text("banner_place") == "No connection"
    assert bench.text("sign_in_text") == ENDED.error
    assert bench.text("sign_in_command") == NEED.command
    assert [line.shown() for line in state.log] == ["AWS is opened: us-east-1.", f"Nobody is signed in: {ENDED.error}"]
    assert bench.find(QWidget, "sign_in_command").isVisibleTo(bench.window)
    twice = replace(ENDED, remedy=f"Run `{NEED.command}`, then press Retry.")
    bench.show(fold(_opened(), twice))
    assert not bench.find(QWidget, "sign_in_command").isVisibleTo(bench.window), "it stands in the sentence already"
    bench.press("sign_in_copy")
    assert QGuiApplication.clipboard().text() == NEED.command
    bench.press("sign_in_retry")
    assert bench.commands.orders[-1] == ("retry",)
    bench.show(fold(state, WHO, *(_read(topic) for topic in (Topic.INSTANCES, Topic.SESSIONS))))
    assert bench.find(QWidget, "sign_in_bar").isVisibleTo(bench.window) is (len(state.stale) > 3)


def _read(topic: Topic) -> InstancesObserved | SessionsObserved:
    return InstancesObserved(NOW, (), ()) if topic is Topic.INSTANCES else SessionsObserved(NOW, ())


@pytest.mark.case("P3")
def test_that_a_hang_is_said_in_every_table_and_can_be_given_up(bench: Bench) -> None:
    waits = PollWaits(NOW, Topic.IDENTITY, NOW, "credential_process")
    bench.show(fold(_opened(), waits))
    for name in ("instances_table", "sessions_table"):
        assert "No answer yet from credential_process" in bench.find(WholeRows, name).empty_text
    assert "Waiting for credential_process" in bench.text("sign_in_text")
    assert bench.text("banner_place") == "Connecting …"
    bench.press("sign_in_give_up")
    assert bench.commands.orders[-1] == ("give_up",)
    known = fold(_opened(), WHO, InstancesObserved(NOW, (), ()), replace(waits, topic=Topic.INSTANCES, what="ec2:X"))
    bench.show(known)
    assert bench.text("instances_stale").startswith("waiting since")
    assert not bench.find(QWidget, "sign_in_bar").isVisibleTo(bench.window)
    bench.show(fold(known, InstancesObserved(NOW, (), ())))
    assert "waiting" not in bench.text("instances_stale")


@pytest.mark.case("P1")
def test_that_a_code_is_asked_for_in_a_dialog_that_may_be_closed(bench: Bench) -> None:
    answers: list[str] = []
    for code in ("123456", ""):
        dialog = MfaDialog("arn:aws:iam::1:mfa/ann", "", bench.window)
        dialog.answered.connect(answers.append)
        dialog.open()
        assert not bench.find(QPushButton, "mfa_go").isEnabled()
        assert bench.text("mfa_serial") == "arn:aws:iam::1:mfa/ann"
        dialog.code.setText(code)
        bench.press("mfa_go" if code else "mfa_cancel")
        dialog.setParent(None)
    assert answers == ["123456", ""]


@pytest.mark.case("P1")
@pytest.mark.parametrize("typed", ["１２３４５６", " 123456 ", "123４５６　"])
def test_that_a_code_is_taken_as_a_japanese_keyboard_types_it(bench: Bench, typed: str) -> None:
    answers: list[str] = []
    dialog = MfaDialog("arn:aws:iam::1:mfa/ann", "", bench.window)
    dialog.answered.connect(answers.append)
    dialog.open()
    for wrong in ("12345", "1234567", "12345a", "12345²x", "١٢٣٤٥٦", "12 456"):
        dialog.code.setText(wrong)
        assert not bench.find(QPushButton, "mfa_go").isEnabled(), wrong
    dialog.code.setText(typed)
    bench.press("mfa_go")
    dialog.setParent(None)
    assert answers == ["123456"]


@pytest.mark.case("P4")
def test_that_a_sign_in_shows_code_address_and_time_and_may_be_given_up(bench: Bench) -> None:
    bench.show(fold(_opened(), ENDED))
    bench.press("sign_in_here")
    assert bench.commands.orders[-1] == ("again",)
    until = datetime.now(UTC) + timedelta(minutes=9, seconds=50)
    bench.workbench.replies.show_sign_in_step(SignInStep("KXQT-BRWD", "https://device.sso/?code=1", until))
    assert bench.text("sign_in_code") == "KXQT-BRWD"
    assert bench.text("sign_in_command") == "https://device.sso/?code=1"
    assert "9:4" in bench.text("sign_in_remedy") or "9:5" in bench.text("sign_in_remedy")
    bench.press("sign_in_copy")
    assert QGuiApplication.clipboard().text() == "KXQT-BRWD"
    assert bench.find(QPushButton, "sign_in_browser").isVisibleTo(bench.window)
    bench.workbench.replies.show_sign_in_step(SignInStep("X", "file:///etc/passwd"))
    assert not bench.find(QPushButton, "sign_in_browser").isVisibleTo(bench.window)
    bench.press("sign_in_give_up")
    assert bench.commands.orders[-1] == ("give_up",)
    bench.workbench.replies.show_sign_in_step(None)
    assert bench.text("sign_in_text") == ENDED.error
