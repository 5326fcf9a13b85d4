"""The main job by clicks: what a person sees and what is left on disk."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton

from rdpgui.core.journal import read_journal, rebuild
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.verdict import VerdictValue
from rdpgui.lab.guest.desktop import MENU_ROWS, POWER_ROWS, PowerRow
from rdpgui.lab.guest.layout import Layout, Rect
from rdpgui.lab.rfb.client import RfbClient
from rdpgui.report import pack
from rdpgui.ui.widgets.still import StillView
from tests.e2e.desk import Desk
from tests.helpers.limits import Limit
from tests.helpers.processes import children_of_this_process, command_of

EXPECTED_FILES = {
    "journal.jsonl",
    "recording.mp4",
    "last-frame.png",
    "facts.json",
    "report.html",
    "manifest.sha256",
}


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _mean(image: QImage) -> tuple[float, float, float]:
    """Return the mean colour of a picture's inner part."""
    inner = image.copy(image.rect().adjusted(8, 8, -8, -8))
    pixel = inner.scaled(1, 1, mode=Qt.TransformationMode.SmoothTransformation).pixelColor(0, 0)
    return pixel.redF(), pixel.greenF(), pixel.blueF()


def _press_restart(viewer: dict[str, object]) -> None:
    """Use Start, Power, Restart as a person does, through the broker's viewer port."""
    places = Layout(1280, 720, len(MENU_ROWS), len(POWER_ROWS))
    client = RfbClient(str(viewer["viewer_host"]), int(str(viewer["viewer_port"])), str(viewer["viewer_password"]))
    client.connect()
    try:
        restart = places.flyout_row(POWER_ROWS.index(PowerRow.RESTART))
        for place in (places.start_button, places.power_button, restart):
            _click(client, place)
    finally:
        client.close()


def _click(client: RfbClient, place: Rect) -> None:
    x, y = place.x + place.width // 2, place.y + place.height // 2
    for buttons in (0, 1, 0):
        client.send_pointer(x, y, buttons)
    client.ping()
    client.read(2.0)


@pytest.mark.case("L6")
def test_that_the_steps_of_the_readme_lead_from_the_start_to_a_film_and_a_verdict(desk: Desk) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()

    async def flow() -> None:
        assert desk.text("banner_mark") == "LAB"
        await desk.choose("fin-web-01")
        assert f"2. **Arm**: press **{desk.find(QPushButton, 'arm_toggle').text()}**" in readme
        name = desk.find(QPushButton, "disrupt_os-shutdown").accessibleName()
        assert f"3. **Disrupt**: press one of the disruptions below it, for example **{name}**" in readme
        await desk.arm("fin-web-01")
        run = await desk.disrupt("os-shutdown")
        await desk.until(lambda: desk.text("recording_word") == "Recording", 15.0, "recording is shown")
        await desk.until(lambda: desk.run_now(run).verdict is not None, 30.0, "a verdict")
        await desk.shows("verdict_word", "PASS")
        ended = await desk.ended(run)
        assert ended.status is RunStatus.COMPLETED
        await desk.until(lambda: desk.text("verdict_gap") not in ("", "not bounded"), 5.0, "the gap is shown")
        await desk.until(lambda: desk.find(StillView, "verdict_still").has_picture, 10.0, "the last frame is shown")
        assert desk.notices() == []

    desk.run(flow())


def test_that_the_last_frame_on_screen_is_the_one_on_disk(desk: Desk) -> None:
    folder = desk.folder / "runs" / desk.newest().run_id
    on_disk = QImage(str(folder / "last-frame.png"))
    assert (on_disk.width(), on_disk.height()) == (1280, 720)
    assert _mean(desk.picture("verdict_still")) == pytest.approx(_mean(on_disk), abs=0.05)


def test_that_a_run_leaves_private_files_that_verify(desk: Desk) -> None:
    folder = desk.folder / "runs" / desk.newest().run_id
    # It is written after the run's end, and the manifest last.
    desk.run(desk.until((folder / pack.MANIFEST).exists, 30.0, "the evidence is written"))
    names = {p.name for p in folder.iterdir()}
    assert names >= EXPECTED_FILES
    assert {name for name in names if name.startswith(".")} == set()
    assert pack.verify(folder) == []
    assert {_mode(p) for p in folder.rglob("*") if p.is_file()} == {0o600}
    assert {_mode(p) for p in folder.rglob("*") if p.is_dir()} == {0o700}, "the console's pictures"
    assert {_mode(p) for p in (folder, folder.parent, desk.folder)} == {0o700}
    events, _ = read_journal((folder / "journal.jsonl").read_text().splitlines())
    again = rebuild(events)
    assert again is not None
    assert again.verdict is not None
    assert again.verdict.value is VerdictValue.PASS
    facts = json.loads((folder / "facts.json").read_text())
    assert (facts["verdict"], facts["lab"]) == ("pass", True)


def test_that_a_persons_own_answer_joins_the_journal_and_the_report(desk: Desk) -> None:
    async def flow() -> None:
        await desk.click("visual_yes")
        await desk.until(lambda: desk.newest().confirmation is not None, 5.0, "the answer is kept")
        folder = desk.folder / "runs" / desk.newest().run_id
        await desk.until(lambda: "sees the shutdown" in (folder / "report.html").read_text(), 5.0, "it is reported")
        await desk.until(lambda: pack.verify(folder) == [], 5.0, "the manifest covers it")

    desk.run(flow())


def test_that_a_restart_from_inside_the_connection_is_noticed_and_judged(desk: Desk) -> None:
    async def flow() -> None:
        await desk.at_rest("fin-web-01")
        await desk.choose("fin-web-01")
        before = len(desk.program.store.state.runs)
        await desk.arm()  # so that the boot time is read: Run Command is an order
        await desk.click("connect")
        await desk.until(lambda: len(desk.program.store.state.runs) > before, 10.0, "the run has begun")
        run = desk.newest()
        await desk.until(lambda: desk.run_now(run).phase is Phase.ENDING, 20.0, "it waits for the person")
        assert any("rdpgui.lab.console" in command_of(pid) for pid in children_of_this_process())
        connections = await desk.lab.control("GET", "/_lab/connections")
        await asyncio.to_thread(_press_restart, next(c for c in connections if c["ended_at"] is None))
        ended = await desk.ended(run)
        assert desk.judged(ended) == "completed |  | pass"
        assert ended.plan.by_hand
        assert ended.intents == ()
        await desk.shows("verdict_word", "PASS")

    desk.run(flow())


def test_that_a_disruption_takes_over_an_observed_connection(desk: Desk) -> None:
    async def flow() -> None:
        await desk.at_rest("fin-web-02")
        await desk.choose("fin-web-02")
        before = len(desk.program.store.state.runs)
        await desk.click("connect")
        await desk.until(lambda: len(desk.program.store.state.runs) > before, 10.0, "the run has begun")
        observed = desk.newest()
        await desk.until(lambda: desk.run_now(observed).phase is Phase.ENDING, 20.0, "it waits for the person")
        await desk.arm()
        run = await desk.disrupt("ec2-reboot")
        ended = await desk.ended(run)
        assert desk.run_now(observed).status is RunStatus.ABORTED
        assert desk.judged(ended) == "completed |  | pass"
        first, second = desk.run_now(observed).session, ended.session
        assert first is not None
        assert second is not None
        assert first.session_id == second.session_id

    desk.run(flow())


def test_that_an_aborted_run_closes_its_connection_and_disrupts_nothing(desk: Desk) -> None:
    async def flow() -> None:
        await desk.at_rest("fin-web-01")
        await desk.arm("fin-web-01")
        run = await desk.disrupt("os-reboot")
        await desk.until(lambda: desk.run_now(run).phase is Phase.STEADY, 15.0, "the connection is steady")
        await desk.click("abort_run")
        ended = await desk.ended(run)
        assert (ended.status, ended.intents) == (RunStatus.ABORTED, ())
        await desk.shows("verdict_word", "Aborted")
        limit = Limit(10.0)  # the broker ends it, and says so a moment later
        while any(c["ended_at"] is None for c in await desk.lab.control("GET", "/_lab/connections")):
            assert not limit.over, "the connection that the run opened is still open"
            await asyncio.sleep(0.05)

    desk.run(flow())


def test_that_the_emergency_stop_ends_a_run_and_refuses_everything_until_it_is_reset(desk: Desk) -> None:
    async def flow() -> None:
        await desk.at_rest("fin-web-01")
        await desk.arm("fin-web-01")
        run = await desk.disrupt("ec2-stop")
        await desk.until(lambda: desk.run_now(run).phase is Phase.STEADY, 15.0, "the connection is steady")
        await desk.click("emergency_stop")
        ended = await desk.ended(run)
        assert (ended.status, ended.intents) == (RunStatus.ABORTED, ())
        await desk.shows("banner_arming", "Emergency stop")
        await desk.shows("experiment_hint", "Emergency stop is on")
        assert not desk.find(QPushButton, "connect").isEnabled()
        assert not any(desk.find(QPushButton, f"disrupt_{i}").isEnabled() for i in ("os-reboot", "ec2-stop"))
        await desk.click("emergency_stop")
        await desk.until(lambda: desk.find(QPushButton, "connect").isEnabled(), 5.0, "connect is back")

    desk.run(flow())


@pytest.mark.parametrize(
    ("name", "refusal", "check"),
    [
        ("asg-web-3f", "does not carry the tag rdpgui:disruptable=true", "Auto Scaling group web-fleet"),
        ("ledger-02", "does not carry the tag rdpgui:disruptable=true", "Stop protection is on"),
    ],
)
def test_that_a_protected_instance_is_refused_with_the_reason(desk: Desk, name: str, refusal: str, check: str) -> None:
    async def flow() -> None:
        await desk.start(name)
        await desk.until(lambda: refusal in desk.why_not("ec2-stop"), 10.0, f"{refusal!r} is shown")
        assert not desk.find(QPushButton, "disrupt_ec2-stop").isEnabled()
        await desk.until(lambda: any(check in row for row in desk.preflight()), 10.0, f"{check!r} is listed")

    desk.run(flow())


def test_that_an_os_shutdown_that_would_terminate_the_instance_never_begins(desk: Desk) -> None:
    async def flow() -> None:
        await desk.start("kiosk-09")
        await desk.until(lambda: any("would terminate" in row for row in desk.preflight()), 10.0, "preflight says so")
        await desk.arm("kiosk-09")
        ended = await desk.ended(await desk.disrupt("os-shutdown"))
        assert (ended.status, ended.intents, ended.session) == (RunStatus.FAILED, (), None)
        await desk.shows("verdict_gap", "would terminate kiosk-09", "Set the shutdown behaviour to stop.")

    desk.run(flow())
