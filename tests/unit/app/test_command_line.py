"""Arguments, the deep link, and the crash bundle."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from rdpgui.app import cli, display, gui
from rdpgui.app.console_link import ConsoleLinkOpener, remote_desktop_link
from rdpgui.app.crash import CrashReporter
from rdpgui.app.inspect_command import say_what_is_not_followed
from rdpgui.app.run_options import default_options, options_from
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import LabError, NotConnected, SettingsError
from rdpgui.core.ids import InstanceId
from rdpgui.core.session import AccessType
from rdpgui.core.settings import Settings
from tests.unit.aws.accounts import Files


def test_that_the_matrix_is_four_disruptions_by_two_access_types_and_two_controls(tmp_path: Path) -> None:
    pairs = default_options(tmp_path).pairs
    controls = [pair for pair in pairs if pair[0].value.startswith("control")]
    assert (len(pairs), len(set(pairs)), len(controls)) == (10, 10, 2)
    assert {pair[1] for pair in pairs} == set(AccessType)


def test_that_disruptions_are_combined_with_access_types(tmp_path: Path) -> None:
    line = f"--data-dir {tmp_path} run --disruption ec2-stop --access-type Standard --access-type JustInTime"
    arguments = [*line.split(), "--scenario", "two-objects", "--no-screenshots"]
    options = options_from(cli.build_parser().parse_args(arguments))
    assert options.pairs == (
        (DisruptionId.EC2_STOP, AccessType.STANDARD),
        (DisruptionId.EC2_STOP, AccessType.JUST_IN_TIME),
    )
    assert (options.scenario, options.results, options.screenshots) == ("two-objects", None, False)


def test_that_a_scenario_before_the_command_counts_too(tmp_path: Path) -> None:
    line = f"--data-dir {tmp_path} --scenario two-objects run --matrix"
    assert options_from(cli.build_parser().parse_args(line.split())).scenario == "two-objects"
    assert options_from(cli.build_parser().parse_args(["run", "--matrix"])).scenario == "default"


def test_that_the_path_of_a_file_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lab", "--scenario", "no/such/mine.json"]) == cli.EXIT_ERROR
    assert "no/such/mine.json" in capsys.readouterr().err


TOO_LONG = "x" * 5_000


@pytest.mark.case("R12")
@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--disruption", "ec2-stop", "--scenario", f"{TOO_LONG}.json"],
        ["run", "--disruption", "ec2-stop", "--out", "{out}", "--json", f"{{out}}/{TOO_LONG}"],
        ["run", "--disruption", "ec2-stop", "--out", f"{{out}}/{TOO_LONG}"],
        ["inspect", "README.md", "--last-frame", f"{TOO_LONG}.png"],
        ["judge", TOO_LONG],
    ],
)
def test_that_a_name_at_which_nobody_can_look_is_one_sentence(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a folder that may not be entered; that one cannot be made by everybody who runs this."""
    out = str(tmp_path / "out")
    line = [argument.replace("{out}", out) for argument in arguments]
    assert cli.main(["--data-dir", str(tmp_path / "data"), *line]) == cli.EXIT_ERROR
    assert TOO_LONG in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--scenario", "nope"], ["run", "--matrix", "--scenario", "../nope"]])
def test_that_an_unknown_scenario_is_refused_before_anything_starts(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == cli.EXIT_ERROR
    said = capsys.readouterr()
    assert "nope" in said.err
    assert "default, denied-destination" in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "--matrix", "--disruption", "ec2-stop"],
        ["run", "--disruption", "explode"],
        ["lab", "--port", "many"],
        ["inspect"],
        ["nonsense"],
    ],
)
def test_that_arguments_that_cannot_be_used_end_with_status_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == cli.EXIT_ERROR
    assert "usage:" in capsys.readouterr().err


def test_that_an_error_of_ours_is_one_sentence_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_arguments: object) -> int:
        raise LabError("The lab is gone.", "Start it again.")

    monkeypatch.setattr(cli, "_dispatch", fail)
    assert cli.main(["lab"]) == cli.EXIT_ERROR
    assert capsys.readouterr() == ("", "The lab is gone. Start it again.\n")


@pytest.mark.case("F12")
@pytest.mark.parametrize("target", ["S3://bucket", "s3:/bucket/key", "S3:///key"])
def test_that_an_address_of_no_object_is_no_path(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", target]) == cli.EXIT_ERROR
    assert "names no object. Write s3://BUCKET/KEY." in capsys.readouterr().err


@pytest.mark.case("P5")
@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_that_an_endpoint_of_the_environment_is_not_followed_and_that_is_said(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(variable, str(tmp_path / "none"))
    monkeypatch.setenv(name, "http://trap.example")
    assert cli.main(["inspect", "s3://b/k", "--profile", "nobody", "--region", "us-east-1"]) == cli.EXIT_ERROR
    told = capsys.readouterr().err
    assert f"Not followed: {name}. Give --endpoint-url" in told
    assert "There is no profile nobody" in told and "trap" not in told


@pytest.mark.case("P5")
def test_that_an_endpoint_of_the_profile_that_only_the_environment_names_is_said_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Files(tmp_path, monkeypatch).write("[profile x]\nregion = eu-west-1\nendpoint_url = http://trap.example\n", "")
    monkeypatch.setenv("AWS_PROFILE", "x")
    say_what_is_not_followed("", "")
    assert "Not followed: endpoint_url." in capsys.readouterr().err
    say_what_is_not_followed("http://mine.example", "")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("command", [["lab"], ["judge", "x"]])
def test_that_what_was_asked_for_on_an_account_is_not_done_on_the_lab_in_silence(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--profile", "work", *command]) == cli.EXIT_ERROR
    assert f"{command[0]} works without an AWS account." in capsys.readouterr().err


def _no_reason(_environ: object) -> None:
    """There is a display."""


def test_that_the_window_opens_the_place_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Settings] = []

    def with_qt(_paths: object, settings: Settings, *_more: object, **_kwargs: object) -> int:
        opened.append(settings)
        return 0

    monkeypatch.setattr(gui, "_with_qt", with_qt)
    monkeypatch.setattr(display, "why_no_window", _no_reason)
    cli.main(["--profile", "work", "--region", "eu-west-1"])
    cli.main(["--endpoint-url", "http://127.0.0.1:4566", "--region", "local"])
    found = [(s.endpoint, s.profile, s.region, s.endpoint_url) for s in opened]
    assert found == [("aws", "work", "eu-west-1", ""), ("aws", "", "local", "http://127.0.0.1:4566")]
    assert cli.main(["--profile", "work", "--region", "tokyo"]) == cli.EXIT_ERROR
    assert cli.main(["--profile", "work", "--scenario", "default"]) == cli.EXIT_ERROR


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "console.aws.amazon.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "console.amazonaws-eusc.eu"),
    ],
)
@pytest.mark.case("P12")
def test_that_the_console_link_names_region_and_node(region: str, host: str) -> None:
    link = remote_desktop_link(region, "i-0123456789abcdef0")
    assert link.startswith(f"https://{region}.{host}/systems-manager/fleet-manager/remote-desktop?")
    assert f"region={region}" in link
    assert "nodeIds=i-0123456789abcdef0" in link


@pytest.mark.case("P10", "P12")
def test_that_no_link_leads_elsewhere() -> None:
    with pytest.raises(SettingsError, match="us-east-1"):
        remote_desktop_link("us-east-1.evil.example/#", "i-0123456789abcdef0")
    with pytest.raises(NotConnected, match="not the id"):
        remote_desktop_link("us-east-1", "i-1&region=x#")
    assert remote_desktop_link("us-iso-east-1", "i-0123456789abcdef0") == ""


@pytest.mark.case("P12")
def test_that_a_region_without_a_known_console_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("rdpgui.app.console_link.webbrowser.open", opened.append)
    target = InstanceId("i-1")
    opener = ConsoleLinkOpener("us-iso-east-1")
    made = asyncio.run(opener.open(target, AccessType.STANDARD, request_id=None, attended=True))
    assert (opened, made.link, made.by_person) == ([], "", True)


def test_that_only_an_attended_connection_opens_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("rdpgui.app.console_link.webbrowser.open", opened.append)
    opener, target = ConsoleLinkOpener("eu-west-1"), InstanceId("i-1")

    async def flow() -> None:
        alone = await opener.open(target, AccessType.STANDARD, request_id=None, attended=False)
        assert opened == []
        shown = await opener.open(target, AccessType.STANDARD, request_id=None, attended=True)
        assert (opened, alone.by_person) == ([shown.link], True)

    asyncio.run(flow())


def test_that_a_crash_bundle_is_private_and_holds_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    monkeypatch.setattr("sys.argv", ["rdpgui", "--token=abcdef"])
    told: list[tuple[str, Path]] = []
    reporter = CrashReporter(tmp_path / "logs", lambda what, path: told.append((what, path)))

    def fail(password: str) -> None:
        raise ValueError("boom")

    secret = "".join(["hunt", "er2"])
    try:
        fail(secret)
    except ValueError as error:
        path = reporter.report(error)
    text = path.read_text()
    assert "ValueError: boom" in text
    assert [word for word in ("wJalrXUtnFEMI", "--token", secret) if word in text] == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert told == [("ValueError: boom", path)]


def test_that_a_loop_without_an_exception_is_logged_and_not_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reporter = CrashReporter(tmp_path)
    reporter.on_loop_exception(object(), {"message": "slow"})
    assert "slow" in caplog.text
    assert list(tmp_path.glob("crash-*")) == []
