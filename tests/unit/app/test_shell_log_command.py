"""``rdpgui shell-log``: what it says and keeps, on played answers; the watch itself is tested in the runner's room."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rdpgui import i18n
from rdpgui.app import cli, shell_log_command
from rdpgui.app.field_notes import read_place, read_shells
from rdpgui.app.notes_command import folders_of
from rdpgui.app.shell_log_words import contrast_lines, settings_lines
from rdpgui.core.errors import GuardRefusal, SettingsError
from rdpgui.core.ids import AccountId, Region
from rdpgui.core.place import Place
from rdpgui.core.shell_log import ShellContrast, ShellLogSettings
from rdpgui.runner.shell_watch import ShellWatch
from tests.unit.core.judging.test_shell_logs import ARRIVED, BOTH, CUT, FOUND, shell

PLACE = Place(account_id=AccountId("111122223333"), region=Region("us-east-1"))


async def _nothing() -> None:
    return None


def _asked(folder: Path, *argv: str) -> argparse.Namespace:
    return cli.build_parser().parse_args(["--data-dir", str(folder), "shell-log", *argv])


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An account whose answers are these: preferences, and what becomes of the next shell."""
    found: Any = SimpleNamespace(settings=BOTH, contrast=ARRIVED)

    async def settings() -> ShellLogSettings | None:
        return cast("ShellLogSettings | None", found.settings)

    async def identity() -> SimpleNamespace:
        return SimpleNamespace(account_id=PLACE.account_id, region=PLACE.region)

    async def contrast(_watch: ShellWatch, *_asked: object) -> ShellContrast:
        return cast("ShellContrast", found.contrast)

    async def open_aws(*_asked: object, **_more: object) -> Any:
        aws = SimpleNamespace(sign_in=None, region="us-east-1", shell_logs=SimpleNamespace(settings=settings))
        port = SimpleNamespace(identity=identity)
        ports = SimpleNamespace(identity=port, clock=None, sessions=None, instances=None)
        return SimpleNamespace(aws=aws, ports=ports, place=Place(region=PLACE.region), aclose=_nothing)

    monkeypatch.setattr(shell_log_command, "open_aws", open_aws)
    monkeypatch.setattr(ShellWatch, "contrast", contrast)
    return found


def test_that_without_an_instance_the_preferences_are_shown_and_nothing_is_kept(
    tmp_path: Path, account: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell_log_command.main(_asked(tmp_path), "") == 0
    said = capsys.readouterr().out
    assert "s3://logs//shells/" in said
    assert "C6 untested" in said
    assert list(tmp_path.iterdir()) == []


def test_that_a_shell_is_watched_kept_with_its_place_and_told(
    tmp_path: Path, account: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = _asked(tmp_path, "--instance", "i-0123456789abcdef0", "--json")
    assert shell_log_command.main(asked, "") == shell_log_command.EXIT_DECIDES_NOTHING
    guided = capsys.readouterr().err
    assert "aws ssm start-session --target i-0123456789abcdef0 --region us-east-1" in guided
    assert "/systems-manager/session-manager/sessions?region=us-east-1" in guided
    account.contrast = shell("cut-1", CUT, None)
    assert shell_log_command.main(asked, "") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["claim"] == {
        "id": "C6", "result": "supported", "supporting": ["cut-1"], "refuting": [], "missing": []
    }  # fmt: skip
    assert [one["finding"] for one in told["shells"][0]["looked"]] == ["not-there", "there"]
    folders = folders_of(tmp_path)
    assert read_shells(folders, PLACE) == (ARRIVED, account.contrast)
    assert read_shells(folders, replace(PLACE, region=Region("eu-west-1"))) == ()
    assert read_place(folders) == ()
    account.contrast = shell("cut-2", CUT, FOUND)
    assert shell_log_command.main(asked, "") == shell_log_command.EXIT_REFUTED


@pytest.mark.parametrize("settings", [None, ShellLogSettings()], ids=["never-saved", "no-logging"])
def test_that_where_nothing_is_logged_no_shell_is_asked_for(
    tmp_path: Path, account: SimpleNamespace, settings: ShellLogSettings | None, capsys: pytest.CaptureFixture[str]
) -> None:
    account.settings = settings
    asked = _asked(tmp_path, "--instance", "i-0123456789abcdef0")
    assert shell_log_command.main(asked, "") == shell_log_command.EXIT_DECIDES_NOTHING
    said = capsys.readouterr().out
    assert "no log" in said
    assert "start-session" not in said


def test_that_a_scenario_and_an_instance_and_a_hybrid_node_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        shell_log_command.main(_asked(tmp_path, "--instance", "i-0123456789abcdef0"), "shell-log-s3")
    with pytest.raises(GuardRefusal):
        shell_log_command.main(_asked(tmp_path, "--instance", "mi-0123456789abcdef0"), "")


def test_that_every_finding_has_its_sentence() -> None:
    lines = "\n".join(
        line
        for contrast in (ARRIVED, shell("cut-1", CUT, None), shell("cut-2", CUT, None, None, error="denied"))
        for line in contrast_lines(contrast, [ARRIVED])
    )
    assert "there, 7 bytes, written" in lines
    assert "not there after 2 looks in 1 s" in lines
    assert "cannot be read: denied" in lines
    assert "streamed  group:cut-1: there, 7 events" in lines


def test_that_yes_and_no_of_the_preferences_are_no_words_about_what_somebody_saw() -> None:
    i18n.set_language("ja")
    try:
        line = settings_lines(replace(BOTH, streamed=True, group_encrypted=False))[1]
    finally:
        i18n.set_language("en")
    assert "はい" in line
    assert "いいえ" in line


def test_that_a_word_nobody_knows_is_shown_as_it_stands() -> None:
    lines = settings_lines(replace(BOTH, streamed=None, odd=(("cloudWatchStreamingEnabled", "sometimes"),)))
    assert "streamed: not said" in lines[1]
    assert "cloudWatchStreamingEnabled = sometimes" in lines[2]
