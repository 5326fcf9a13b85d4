"""What the window's first picture waits for: as little as possible is imported before it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rdpgui.app import cli

BEFORE_THE_PICTURE = (
    "rdpgui.app.cli", "rdpgui.app.display", "rdpgui.app.gui", "rdpgui.app.single_instance", "rdpgui.ui.shell",
    "rdpgui.ui.theme",
)  # fmt: skip
HEAVY = ("asyncio", "qasync", "logging.handlers", "boto3", "numpy", "rdpgui.runner", "rdpgui.core.events",
         "rdpgui.core.state", "rdpgui.ui.main_window")  # fmt: skip


@pytest.mark.case("X9")
def test_that_the_first_picture_waits_for_no_event_no_rule_and_no_loop() -> None:
    code = f"import sys, {', '.join(BEFORE_THE_PICTURE)}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(BEFORE_THE_PICTURE) <= set(done.stdout.split())
    assert not set(HEAVY) & set(done.stdout.split())


@pytest.mark.parametrize(
    ("line", "command", "data_dir", "scenario"),
    [
        ("", None, None, ""),
        ("--data-dir runs --scenario two-objects", None, "runs", "two-objects"),
        ("--scenario two-objects run --matrix", "run", None, "two-objects"),
        ("--data-dir runs lab", "lab", "runs", ""),
    ],
)
def test_that_the_windows_options_are_understood_with_and_without_a_command(
    line: str, command: str | None, data_dir: str | None, scenario: str
) -> None:
    arguments = cli._parsed(line.split())
    assert arguments.command == command
    assert (str(arguments.data_dir) if arguments.data_dir else None) == data_dir
    assert arguments.scenario == scenario


@pytest.mark.parametrize("line", ["--data-dir", "nonsense", "--nonsense", "run"])
def test_that_what_cannot_be_understood_is_said_by_the_whole_parser(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli._parsed(line.split())
    assert "[--version]" in capsys.readouterr().err or line == "run"
