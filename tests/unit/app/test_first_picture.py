"""What the window's first picture waits for: as little as possible is imported before it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rdpgui.app import cli, later

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


BEHIND_THE_PANELS = """
import linecache
import os
import sys
from pathlib import Path
from rdpgui.app.unread_sources import leave_sources_unread
leave_sources_unread()
linecache.clearcache()
from PySide6.QtWidgets import QApplication
from rdpgui.app import gui
from rdpgui.app.crash import CrashReporter
from rdpgui.app.paths import user_paths
from rdpgui.core.settings import Settings
from rdpgui.ui.shell import Shell
from rdpgui.ui.theme import Theming
app = QApplication(["rdpgui"])
theming, shell, paths = Theming(app), Shell(), user_paths(Path(sys.argv[1]))
theming.start(Settings().theme, dressed=False)
shell.show()
gui.import_program(app)
from rdpgui.app.program import Program
program = Program(theming, paths, Settings(), None, CrashReporter(paths.logs), shell)
program.show()
app.processEvents()
print(*sys.modules)
print(*linecache.cache, flush=True)
os._exit(0)
"""


@pytest.mark.case("X9")
def test_that_the_panels_wait_for_no_sdk_no_report_and_no_decoder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BEHIND_THE_PANELS, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
    )
    imported, sources = done.stdout.splitlines()
    seen = set(imported.split())
    assert "rdpgui.ui.experiment_page" in seen
    assert not sources, "PySide6 reads the source of what is imported after it"
    later = {"qasync", "boto3", "botocore", "awscrt", "jinja2", "numpy", "av", "vlc", "sqlite3", "rdpgui.app.session"}
    assert not later & seen


@pytest.mark.case("X9")
def test_that_the_first_table_waits_for_no_report_and_no_decoder() -> None:
    code = f"import sys, {', '.join(later.AFTER_FIRST_PAINT)}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seen = set(done.stdout.split())
    assert "rdpgui.aws.factory" in seen
    assert not {"jinja2", "boto3", "numpy", "av", "vlc"} & seen
    assert set(later.FIRST_SERVICES) == {"ec2", "ssm"}, "instances and their nodes are one table"


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
