"""``aws login`` by the installed CLI, with a script in its place."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from rdpgui.aws.cli_login import sign_in_by_cli
from rdpgui.core.errors import CredentialsExpired
from rdpgui.core.sign_in import SignInStep

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell script stands for the CLI")


def put_cli(folder: Path, monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    """Let ``aws`` be a script of these lines."""
    program = folder / "aws"
    program.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.case("P4")
def test_that_the_address_that_the_cli_names_is_shown_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_cli(tmp_path, monkeypatch, 'printf "Open https://signin.example/a?b=1 now\\nAgain https://signin.example/c\\n"')
    told: list[SignInStep] = []
    sign_in_by_cli("dev", told.append, threading.Event())
    assert [step.url for step in told] == ["", "https://signin.example/a?b=1"]


@pytest.mark.case("P4")
def test_that_a_cli_that_fails_says_why_in_its_last_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_cli(tmp_path, monkeypatch, 'echo first; echo "The browser was closed" >&2; exit 3')
    with pytest.raises(CredentialsExpired) as found:
        sign_in_by_cli("dev", print, threading.Event())
    assert "The browser was closed" in str(found.value)


@pytest.mark.case("P4")
def test_that_a_cli_is_given_up_though_a_child_of_its_own_holds_the_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_cli(tmp_path, monkeypatch, "sleep 600 & echo $! > " + str(tmp_path / "child") + "; wait")
    given_up = threading.Event()
    given_up.set()
    with pytest.raises(CredentialsExpired, match="given up"):
        sign_in_by_cli("dev", print, given_up)
