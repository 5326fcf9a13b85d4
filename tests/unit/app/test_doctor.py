"""The preflight on a terminal: its results, its exit status, and what is said when nobody is signed in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.app import cli, doctor_command, settings_store
from rdpgui.app.paths import user_paths
from rdpgui.app.set_up_files import with_paths
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.set_up import SetUpFile
from rdpgui.core.settings import Settings
from tests.unit.aws.accounts import Files

HELD = PreflightCheck("clock", Severity.WARN, True, "Clocks agree.")
WARNED = PreflightCheck("bucket-owner", Severity.WARN, False, "Owner is {owner}.", (("owner", "x"),), "Enforce it.")
UNREAD = PreflightCheck("may-connect", Severity.WARN, None, "Not checked: {reason}", (("reason", "no"),))
UNREHEARSED = tuple(PreflightCheck(f"may-{word}", Severity.BLOCK, None, "Rehearsed.") for word in ("reboot", "stop"))
SHELLS = PreflightCheck("shell-logs", Severity.INFO, None, "Not checked: {reason}", (("reason", "no"),))
BLOCKED = PreflightCheck(
    *("recording", Severity.BLOCK, False, "No preferences.", (), "Set them.", "ssm-guiconnect:Get"),
    policy='{\n  "Effect": "Allow"\n}',
    cli="aws ssm-guiconnect update-connection-recording-preferences",
)


@pytest.mark.parametrize(
    ("checks", "status"),
    [
        ((HELD,), 0),
        ((HELD, *UNREHEARSED, SHELLS), 0),
        ((HELD, WARNED), 3),
        ((HELD, UNREAD), 3),
        ((HELD, WARNED, BLOCKED), 1),
    ],
)
def test_that_the_exit_status_says_whether_something_stands_in_the_way(
    checks: tuple[PreflightCheck, ...], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def found(_arguments: Any) -> tuple[PreflightCheck, ...]:
        return checks

    monkeypatch.setattr(doctor_command, "_checks", found)
    assert cli.main(["doctor", "--instance", "i-1", "--profile", "work", "--json"]) == status
    told = json.loads(capsys.readouterr().out)["checks"]
    assert [line["id"] for line in told] == [check.check_id for check in checks]
    assert {"id", "result", "evidence", "remedy", "source"} == set(told[0])
    assert {line["result"] for line in told} <= {"pass", "warn", "block", "not-checked"}
    assert cli.main(["doctor", "--instance", "i-1"]) == status
    lines = capsys.readouterr().out.splitlines()
    if BLOCKED in checks:
        texts = ("Set them.", "{", '  "Effect": "Allow"', "}", BLOCKED.cli)
        assert lines[:6] == ["       block  recording: No preferences.", *(f"{'':>14}{text}" for text in texts)]
        assert (told[-1]["policy"], told[-1]["cli"]) == (BLOCKED.policy, BLOCKED.cli)
        assert {"pass", "warn", "block"} == {line["result"] for line in told}


def test_that_the_tag_of_the_users_own_settings_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Aws:
        async def preflight(self, *_target: object, allow_tag: str) -> tuple[PreflightCheck, ...]:
            asked.append(allow_tag)
            return (HELD,)

        async def aclose(self) -> None:
            """Nothing is open."""

    async def signed_in(**_place: str) -> Any:
        return SimpleNamespace(preflight=Aws(), aclose=Aws().aclose)

    monkeypatch.setattr(doctor_command, "connect_signed_in", signed_in)
    settings_store.save(user_paths(tmp_path).settings_file, Settings(allow_tag="may-break"))
    assert cli.main(["--data-dir", str(tmp_path), "doctor", "--instance", "i-1"]) == 0
    assert asked == ["may-break"]


def test_that_nobody_is_asked_on_the_terminal_and_the_reason_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = Files(tmp_path, monkeypatch)
    files.write(
        "[profile ops]\nrole_arn = arn:aws:iam::222222222222:role/ops\nsource_profile = base\nregion = eu-west-1\n"
        "mfa_serial = arn:aws:iam::111111111111:mfa/ann\n",
        "[base]\naws_access_key_id = AKIA\naws_secret_access_key = x\n",
    )
    assert cli.main(["doctor", "--instance", "i-1", "--profile", "ops"]) == cli.EXIT_ERROR
    assert capsys.readouterr().err.strip() == (
        "Profile ops asks for an MFA code, and none was given. "
        "Press Retry in the window, or choose a profile without MFA."
    )


def test_that_what_is_missing_leads_to_a_file_that_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = with_paths(
        (replace(BLOCKED, file=SetUpFile.TEMPLATE.value), replace(UNREAD, file="iam/observe.json"), HELD)
    )
    assert [Path(check.file).is_file() for check in found] == [True, True, False]

    async def made(_arguments: Any) -> tuple[PreflightCheck, ...]:
        return found

    monkeypatch.setattr(doctor_command, "_checks", made)
    cli.main(["doctor", "--instance", "i-1", "--json"])
    told = json.loads(capsys.readouterr().out)["checks"]
    assert told[0]["remedy"] == f"Set them. The template that sets all of it up: {found[0].file}"
    assert told[1]["remedy"].endswith(f"to replace: {found[1].file}") and told[2]["remedy"] == ""
    assert set(told[0]) == {"id", "result", "evidence", "remedy", "source", "policy", "cli"}, "its shape stays"
    cli.main(["doctor", "--instance", "i-1"])
    assert found[1].file in capsys.readouterr().out
