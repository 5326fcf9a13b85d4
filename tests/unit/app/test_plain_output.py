"""Terminal and log: a foreign text is shown as written; it colours nothing and passes for no other line."""

from __future__ import annotations

import json
import logging
import logging.handlers
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdpgui.app import cli, logs
from rdpgui.app.result_table import result_table
from rdpgui.app.terminal import say, say_json
from rdpgui.core.errors import SettingsError
from rdpgui.runner.matrix import Matrix, Row, RowStatus
from tests.helpers.hostile_text import ACTS, HOSTILE
from tests.unit.core.samples import good_run

pytestmark = pytest.mark.case("L11")


class _Rows(Matrix):
    """A matrix of given rows, as far as the table asks."""

    def __init__(self, *rows: Row) -> None:
        self._rows = list(rows)


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Path]:
    """The log file of the program, with the loggers as they were afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    path = logs.start(tmp_path)
    yield path
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize("error", [False, True])
def test_that_the_terminal_gets_a_text_as_written(capsys: pytest.CaptureFixture[str], error: bool) -> None:
    say(HOSTILE, error=error)
    out, err = capsys.readouterr()
    shown = err if error else out
    assert not ACTS.search(shown)
    assert r"\u001b[31m" in shown
    assert "x" * 5000 in shown


def test_that_no_line_of_the_terminal_is_forged(capsys: pytest.CaptureFixture[str]) -> None:
    say("[ 1/1] LAB OS reboot", f"  AWS said: {HOSTILE}")
    assert len(capsys.readouterr().out.splitlines()) == 2
    run = good_run()
    forged = "x.mp4\nOS shutdown  Standard  PASS  0.00 s"
    lines = result_table(_Rows(Row(run.plan, RowStatus.ENDED, None, forged), Row(run.plan, RowStatus.ENDED, run)))
    assert len(lines) == 3
    assert r"x.mp4\nOS shutdown" in lines[1]
    assert "\n" not in "".join(lines)


def test_that_a_json_answer_means_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"comment": HOSTILE})
    shown = capsys.readouterr().out
    assert not ACTS.search(shown)
    assert json.loads(shown) == {"comment": HOSTILE}


def test_that_an_error_of_a_command_is_said_as_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_arguments: object) -> int:
        raise SettingsError("{name} is wrong.", "Ask {name}.", name=HOSTILE)

    monkeypatch.setattr(cli, "_dispatch", fail)
    assert cli.main([]) == cli.EXIT_ERROR
    assert not ACTS.search(capsys.readouterr().err)


@pytest.mark.logs("is stopped")
def test_that_no_line_of_the_log_is_forged(logged: Path) -> None:
    log = logging.getLogger("rdpgui.test")
    log.warning("the instance %s is stopped", f"web\n2026-01-01 00:00:00,000 INFO rdpgui.run: verdict PASS{HOSTILE}")
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        log.warning("it is stopped", exc_info=True)
    text = logged.read_text(encoding="utf-8")
    assert not ACTS.search(text)
    own = [line for line in text.splitlines() if not line.startswith("    ")]
    assert [line.split(" rdpgui.test: ")[1][:12] for line in own] == ["the instance", "it is stoppe"]
