"""The window on an account, by AWS's real host names: connect, a guided run, replaced keys, a role with MFA.

What answers is no lab to the program: it knows a profile, makes its own URLs, and nothing on the screen says LAB.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView, QWidget

from rdpgui.app import environment
from rdpgui.app.lab_process import LabProcess
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.settings import AWS_TIMING
from rdpgui.core.verdict import VerdictValue
from rdpgui.report import pack
from tests.e2e.desk import Desk
from tests.e2e.patience import patient_timing
from tests.e2e.terminal import one_machine
from tests.helpers.foreign_aws import Asked, ForeignAws, Portal
from tests.helpers.foreign_fleet import Fleet

NAME = "fin-web-01"
CODE = "123456"
DENIED = """<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>MultiFactorAuthentication failed
with invalid MFA one time pass code. </Message></Error></ErrorResponse>"""
ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROA:me</AssumedRoleId>
<Arn>arn:aws:sts::123456789012:assumed-role/ops/me</Arn></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"""
CONFIG = """[profile work]
region = us-east-1
[profile ops]
region = us-east-1
role_arn = arn:aws:iam::123456789012:role/ops
mfa_serial = arn:aws:iam::123456789012:mfa/ann
source_profile = work
[sso-session corp]
sso_start_url = https://corp.example/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
[profile staff]
region = us-east-1
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Ops
"""
READS = ("Get", "Describe", "List", "Lookup", "GET ", "HEAD ", "POST /Get", "Simulate", "AssumeRole")


@dataclass
class Away:
    """A window, and AWS as it is for it.

    Attributes:
        behind: what plays AWS; a person's console is reached through its control alone.
    """

    desk: Desk
    aws: ForeignAws
    behind: LabProcess
    files: Path

    def write_keys(self, key: str) -> None:
        """Write the keys file as `aws configure` does."""
        text = f"[work]\naws_access_key_id = {key}\naws_secret_access_key = secret\n"
        (self.files / "credentials").write_text(text)

    async def open(self, profile: str) -> None:
        """Choose a profile in the dialog of places."""
        await self.desk.click("banner_change_place")
        field = _part("place_profile")
        assert isinstance(field, QLineEdit)
        field.setText(profile)
        await self.desk.click("place_open")

    async def connect_as_a_person(self) -> None:
        """Open a connection in the console, as the link of the run asks for."""
        instance = self.desk.instance_id(NAME)
        body = {"instance_id": instance, "access_type": "Standard", "access_request_id": ""}
        await self.behind.control("POST", "/_lab/connections", body)


@pytest.fixture(scope="module")
def away(
    qapp: Any, still_between_tests: None, module_patch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Away]:
    """A window that starts on its lab, and an AWS that it can be led to."""
    folder = tmp_path_factory.mktemp("away")
    scenario = str(one_machine(folder))
    usual = AWS_TIMING.recording_usual_s
    module_patch.setattr(environment, "AWS_TIMING", replace(patient_timing(), recording_usual_s=usual))
    module_patch.setattr("rdpgui.ui.dialogs.confirm.AWS_TIMING", patient_timing())
    behind = LabProcess()
    behind.spawn(scenario=scenario, language="en")
    asyncio.run(_seeded(behind))
    with ForeignAws(behind.address, folder, keys={"AKIAOLD"}) as aws:
        made = Away(Desk(qapp, folder / "data", scenario=scenario), aws, behind, folder)
        (folder / "config").write_text(CONFIG)
        made.write_keys("AKIAOLD")
        for name, value in aws.environment.items():
            module_patch.setenv(name, value)
        module_patch.setenv("HOME", str(folder))  # there the tokens of people are kept; the SDK looks when it is loaded
        tokens = "botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR"
        module_patch.setattr(tokens, str(folder / ".aws" / "sso" / "cache"))
        module_patch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
        module_patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
        try:
            yield made
        finally:
            made.desk.close()
            asyncio.run(behind.aclose())


async def _seeded(lab: LabProcess) -> None:
    await lab.ready()
    await lab.seeded()


def _shown(name: str) -> list[QWidget]:
    """Return the widgets of a name that can be seen; a dialog is a top level and below its window as well."""
    tops = QApplication.topLevelWidgets()
    return list({id(w): w for top in tops for w in top.findChildren(QWidget, name) if w.isVisible()}.values())


def _part(name: str) -> QWidget:
    (found,) = _shown(name)
    return found


def _changes(aws: ForeignAws) -> list[str]:
    """Return what could change the account, a rehearsal marked as such."""
    found = [asked for asked in aws.asked if not asked.operation.startswith(READS)]
    return [f"{'DryRun ' if b'DryRun=true' in asked.body else ''}{asked.operation}" for asked in found]


def test_that_a_profile_leads_to_an_account_and_looking_there_only_reads(away: Away) -> None:
    desk = away.desk

    async def flow() -> None:
        await desk.until(lambda: desk.text("banner_mark") == "LAB", 60.0, "it begins on the lab")
        await away.open("work")
        await desk.until(lambda: desk.text("banner_mark") == "AWS", 30.0, "an account is shown")
        await desk.until(lambda: desk.is_usable(NAME), 60.0, f"{NAME} is listed and online")
        await desk.shows("banner_place", "123456789012")
        await desk.choose(NAME)
        await desk.until(lambda: bool(desk.preflight()), 30.0, "the preflight is there")

    desk.run(flow(), limit_s=150.0)
    assert _changes(away.aws) == []
    assert {asked.key for asked in away.aws.asked} == {"AKIAOLD"}
    hosts = {asked.host for asked in away.aws.asked}
    assert {"sts.us-east-1.amazonaws.com", "ec2.us-east-1.amazonaws.com", "ssm.us-east-1.amazonaws.com"} <= hosts


def test_that_a_guided_run_reaches_its_verdict(away: Away) -> None:
    desk = away.desk

    async def flow() -> None:
        await desk.arm(NAME)
        before = set(desk.program.store.state.runs)
        await desk.click("disrupt_ec2-reboot")
        word = _part("confirm_typed")
        assert isinstance(word, QLineEdit)
        word.setText(NAME)
        await desk.click("confirm_go")
        await desk.until(lambda: set(desk.program.store.state.runs) > before, 12.0, "a run has begun")
        run = desk.newest()
        await desk.until(lambda: desk.run_now(run).phase is Phase.CONNECTING, 30.0, "it waits for a person")
        await desk.until(lambda: desk.run_now(run).opened is not None, 30.0, "the link is there")
        await away.connect_as_a_person()
        ended = await desk.ended(run, 120.0)
        assert ended.status is RunStatus.COMPLETED, desk.judged(ended)
        assert ended.verdict is not None and ended.verdict.value is not VerdictValue.FAIL, desk.judged(ended)
        assert ended.place is not None and not ended.place.lab and ended.place.account_id == "123456789012"
        assert ended.inspected, desk.judged(ended)
        written = desk.folder / "runs" / run.run_id / pack.MANIFEST  # after the run's end, and the last of its papers
        await desk.until(written.exists, 30.0, "the evidence is written")

    desk.run(flow(), limit_s=200.0)
    ordered = _changes(away.aws)
    assert [ordered.count(word) for word in ("DryRun RebootInstances", "RebootInstances")] == [1, 1], ordered
    report = (desk.folder / "runs" / desk.newest().run_id / "report.html").read_text()
    assert "123456789012" in report and ">LAB<" not in report


@pytest.mark.logs("are not accepted, or have expired")
def test_that_replaced_keys_are_taken_without_a_restart(away: Away) -> None:
    desk, aws = away.desk, away.aws

    async def flow() -> None:
        aws.keys = {"AKIANEW"}
        await desk.until(lambda: bool(desk.program.store.state.stale), 60.0, "the old keys are said to be no good")
        away.write_keys("AKIANEW")
        new = len(aws.asked)
        await desk.until(lambda: any(a.key == "AKIANEW" for a in aws.asked[new:]), 60.0, "the new keys are used")
        await desk.until(lambda: not desk.program.store.state.stale, 60.0, "everything is read again")
        assert desk.text("banner_mark") == "AWS"

    desk.run(flow(), limit_s=200.0)


def test_that_a_role_asks_for_a_code_in_the_window_until_it_is_right(away: Away) -> None:
    desk, aws = away.desk, away.aws
    codes: list[str] = []

    def assume(asked: Asked) -> tuple[int, str, bytes] | None:
        if asked.operation != "AssumeRole":
            return None
        codes.extend(parse_qs(asked.body.decode())["TokenCode"])
        if codes[-1] != CODE:
            return 403, "text/xml", DENIED.encode()
        aws.keys.add("ASIAROLE")
        return 200, "text/xml", ASSUMED.encode()

    async def answer(code: str) -> None:
        await desk.until(lambda: bool(_shown("mfa_code")), 60.0, "a code is asked for")
        field = _part("mfa_code")
        assert isinstance(field, QLineEdit)
        field.setText(code)
        await desk.click("mfa_go")
        await asyncio.sleep(0)

    async def flow() -> None:
        aws.rules.append(assume)
        await away.open("ops")
        await answer("000000")
        await desk.until(lambda: codes == ["000000"], 30.0, "the code is tried")
        await desk.until(lambda: bool(_shown("mfa_problem")), 30.0, "it is asked for again, with the reason")
        await answer(CODE)
        await desk.until(lambda: desk.is_usable(NAME), 60.0, "the role sees the instance")
        new = {asked.key for asked in aws.asked[-5:]}
        assert "ASIAROLE" in new
        assert codes == ["000000", CODE]

    desk.run(flow(), limit_s=250.0)


@pytest.mark.logs("sign-in", "sign in", "Sign in", "signed in")
def test_that_a_person_signs_in_in_the_browser_and_again_when_that_has_ended(away: Away) -> None:
    desk, aws, portal = away.desk, away.aws, Portal(away.aws)
    used = {asked.key for asked in aws.asked}

    async def sign_in(key: str) -> None:
        await desk.until(lambda: bool(_shown("sign_in_here")), 60.0, "a sign-in is offered")
        await desk.click("sign_in_here")
        await desk.shows("sign_in_code", "ABCD-EFGH")
        portal.approved = True
        await desk.until(lambda: key in {asked.key for asked in aws.asked} - used, 60.0, f"{key} is used")
        await desk.until(lambda: desk.is_usable(NAME) and not desk.program.store.state.stale, 60.0, "all is read")
        assert desk.text("banner_mark") == "AWS"

    async def flow() -> None:
        aws.rules.append(portal)
        await away.open("staff")
        await sign_in("ASIASSO1")
        portal.end()
        await desk.until(lambda: bool(desk.program.store.state.stale), 60.0, "that it has ended is said")
        await sign_in("ASIASSO2")

    desk.run(flow(), limit_s=300.0)


@pytest.mark.case("P9")
def test_that_of_three_thousand_instances_the_first_are_known_before_the_last_page_and_one_is_found(away: Away) -> None:
    """The last of the file: the fleet stays."""
    desk, aws = away.desk, away.aws
    table, store = desk.find(QTableView, "instances_table"), desk.program.store
    fleet = Fleet(3000, lambda: len(store.state.instances))

    async def flow() -> None:
        aws.rules.insert(0, fleet)
        await away.open("work")
        await desk.until(lambda: len(store.state.instances) == fleet.count, 60.0, "all instances are known")
        await desk.until(lambda: len(store.state.nodes) == fleet.count, 60.0, "all nodes are known")
        await desk.until(lambda: table.model().rowCount() == fleet.count, 30.0, "all are in the table")
        search = desk.find(QLineEdit, "instances_search")
        search.setText("web-2999")
        await desk.until(lambda: table.model().rowCount() == 1, 30.0, "one is left")
        assert await desk.choose("web-2999") == f"i-{2999:017x}"
        search.setText("")

    desk.run(flow(), limit_s=250.0)
    known = {begin: count for begin, count in reversed(fleet.pages)}  # when each was asked for the first time
    assert sorted(known) == list(range(0, fleet.count, 200))
    assert 0 < known[2800] < fleet.count, "rows come before the last page does"
