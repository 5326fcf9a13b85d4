"""The lab as a child process, with a child that says what a test wants."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rdpgui.app import lab_process
from rdpgui.app.lab_process import LabProcess, child_environment
from rdpgui.core.errors import LabError
from tests.helpers.limits import limit_s
from tests.helpers.processes import is_alive

READY = {
    "event": "ready",
    "url": "http://127.0.0.1:9",
    "access_key_id": "AKIALAB",
    "secret_access_key": "s3cr3t",
    "region": "us-east-1",
    "control_token": "t0ken",
}
Spawn = Callable[[str], LabProcess]


@pytest.fixture
def spawn(monkeypatch: pytest.MonkeyPatch) -> Spawn:
    """Start a lab whose child runs some Python instead."""

    def start(code: str) -> LabProcess:
        monkeypatch.setattr(lab_process, "child_command", lambda _module: [sys.executable, "-c", code])
        lab = LabProcess()
        lab.spawn(scenario="default", language="ja", port=7)
        return lab

    return start


def says(*events: object) -> str:
    lines = "".join(f"print({json.dumps(json.dumps(event))}, flush=True)\n" for event in events)
    return f"import sys\nsys.stdin.readline()\n{lines}sys.stdin.read()\n"


def test_that_the_address_is_known_when_the_lab_is_ready_and_the_end_leaves_no_process(spawn: Spawn) -> None:
    async def flow() -> int:
        lab = spawn(says(READY, {"event": "other"}, {"event": "seeded"}))
        try:
            address = await lab.ready()
            await lab.seeded()
            assert (address.url, lab.address) == (READY["url"], address)
            assert is_alive(lab.pid)
        finally:
            await lab.aclose()
        return lab.pid

    assert not is_alive(asyncio.run(flow()))


def test_that_the_child_gets_its_configuration_as_one_line(spawn: Spawn) -> None:
    async def flow() -> str:
        code = "import sys, json; line = sys.stdin.readline(); print(json.dumps({'event': 'error', 'message': line}))"
        lab = spawn(code)
        try:
            with pytest.raises(LabError) as raised:
                await lab.ready()
        finally:
            await lab.aclose()
        return str(raised.value.fields["message"])

    assert json.loads(asyncio.run(flow())) == {"scenario": "default", "language": "ja", "port": 7}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise SystemExit(9)", "exit status 9"),
        (says({"event": "error", "message": "The port is taken.", "remedy": "Choose another."}), "Choose another."),
    ],
)
def test_that_a_lab_that_does_not_come_up_is_said(spawn: Spawn, code: str, words: str) -> None:
    async def flow() -> str:
        lab = spawn(code)
        try:
            with pytest.raises(LabError) as raised:
                await lab.ready()
        finally:
            await lab.aclose()
        return raised.value.text()

    assert words in asyncio.run(flow())


def test_that_a_lab_that_says_nothing_is_not_waited_for_without_end(
    spawn: Spawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_process, "START_LIMIT_S", 0.1)

    async def flow() -> int:
        lab = spawn("import sys; sys.stdin.read()")
        try:
            with pytest.raises(LabError, match="did not answer"):
                await lab.ready()
        finally:
            await lab.aclose()
        return lab.pid

    assert not is_alive(asyncio.run(flow()))


def test_that_a_lab_that_does_not_end_by_itself_is_killed(
    spawn: Spawn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lab_process, "END_LIMIT_S", 0.1)

    async def flow() -> int:
        lab = spawn(says(READY) + "import time\ntime.sleep(600)\n")
        await lab.ready()
        await lab.aclose()
        return lab.pid

    assert not is_alive(asyncio.run(flow()))
    assert "killed" in caplog.text


STARTS_FOR_EVER = """
import importlib.abc, json, os, runpy, sys, time
class Slow(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "rdpgui.lab.endpoint.front":
            os.write(1, json.dumps({"event": "importing"}).encode() + b"\\n")
            try:
                time.sleep(600)
            except Exception:
                time.sleep(600)  # as libraries do around what they can do without
sys.meta_path.insert(0, Slow())
sys.argv = ["rdpgui.lab"]
runpy.run_module("rdpgui.lab", run_name="__main__", alter_sys=True)
"""


def _names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.case("S5")
def test_that_a_lab_that_is_still_starting_ends_at_once_and_leaves_no_folder(
    spawn: Spawn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    async def flow() -> LabProcess:
        lab = spawn(STARTS_FOR_EVER)
        assert (await lab._next_event(limit_s(30)))["event"] == "importing"
        assert len(_names_in(tmp_path)) == 1
        await lab.aclose()
        return lab

    lab = asyncio.run(flow())
    assert not is_alive(lab.pid)
    assert "killed" not in caplog.text
    assert _names_in(tmp_path) == []


def test_that_control_of_a_lab_that_is_gone_is_an_error_with_a_remedy(spawn: Spawn) -> None:
    async def flow() -> LabError:
        lab = spawn(says(READY))
        try:
            await lab.ready()
            with pytest.raises(LabError) as raised:
                await lab.control("GET", "/_lab/status")
        finally:
            await lab.aclose()
        return raised.value

    error = asyncio.run(flow())
    assert "does not answer" in error.text()
    assert error.remedy
    assert "t0ken" not in error.text()


def test_that_before_it_is_ready_there_is_no_address() -> None:
    with pytest.raises(LabError, match="not ready"):
        _ = LabProcess().address


def test_that_a_lab_process_sees_no_settings_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the user")
    monkeypatch.setenv("AWS_PROFILE", "of the user")
    seen = child_environment()
    assert not any(name.startswith("AWS_") for name in seen)
    assert (Path(seen["PYTHONPATH"].split(":")[0]) / "rdpgui").is_dir()
