"""What goes wrong on the wire, in the recorder and on the disk: a clear sentence with a remedy, and never a PASS."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from rdpgui.core.account_events import Topic
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import RunId
from rdpgui.core.journal import read_journal
from rdpgui.core.run import Phase, RunPlan
from rdpgui.core.session import AccessType
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from tests.e2e.desk import Desk
from tests.helpers.limits import limit_s

AddFault = Callable[..., None]
QUICK_S = 0.3
LONGER_THAN_THE_TOLERANCE_S = 4.0
OPERATION = "DescribeInstances"


def control(desk: Desk, *, steady_s: float = QUICK_S, name: str = "fin-web-01", recording_s: float = 10.0) -> RunState:
    """Run the quickest experiment, a normal disconnect, to its end; ``recording_s``: when a film is there for sure."""

    async def flow() -> RunState:
        await desk.at_rest(name)
        session = desk.program.work.session
        assert session is not None
        target = desk.instance_id(name)
        assert target is not None
        plan: RunPlan = session.plan((DisruptionId.CONTROL_DISCONNECT, AccessType.STANDARD), target)
        return await session.run(replace(plan, steady_s=steady_s, recording_limit_s=limit_s(recording_s)))

    return desk.run(flow())


def is_marked_stale(desk: Desk) -> bool:
    """Whether the list says that its read failed; where the answer took long, its age had been said before."""
    marked = desk.text("instances_stale").startswith(("stale since ", "seen "))
    return marked and Topic.INSTANCES in desk.program.store.state.stale


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("throttle", "fewer calls"),
        ("denied", "was denied"),
        ("expired", "expired"),
        ("html-200", ""),
        ("html-500", ""),
        ("cut", "No answer"),
        ("cut-body", ""),
    ],
)
def test_that_a_wire_fault_marks_the_list_stale_with_a_remedy_and_the_next_answer_heals_it(
    desk: Desk, faults: AddFault, kind: str, words: str
) -> None:
    def tooltip() -> str:
        return str(desk.find(QLabel, "instances_stale").toolTip())

    async def flow() -> None:
        await desk.until(lambda: desk.text("instances_stale") == "", 25.0, "it is fresh before")
        await desk.lab.control("POST", "/_lab/faults", {"kind": kind, "service": "ec2", "operation": OPERATION})
        await desk.click("instances_refresh")
        await desk.until(lambda: is_marked_stale(desk), 25.0, "it is marked stale")
        sentence, _, remedy = tooltip().partition("\n")
        assert len(sentence) > 15, tooltip()
        assert len(remedy) > 10, tooltip()
        assert words.lower() in tooltip().lower()
        assert "<html" not in tooltip().lower()
        assert desk.instance_id("fin-web-01") is not None  # what was known stays
        await desk.lab.control("DELETE", "/_lab/faults")
        await desk.click("instances_refresh")
        await desk.until(lambda: desk.text("instances_stale") == "", 25.0, "it is fresh again")

    desk.run(flow())


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("object-missing", "No recording arrived"),
        ("object-zero", ""),
        ("object-not-a-film", "is no film"),
        ("object-truncated", ""),
        ("object-foreign", "session"),  # another one, or more than one: as the foreign film says of itself
    ],
)
def test_that_a_recording_that_is_not_right_never_passes_and_the_cause_is_named(
    desk: Desk, faults: AddFault, kind: str, cause: str
) -> None:
    faults(kind, times=1)
    run = control(desk, recording_s=1.0)  # the whole limit is waited for
    assert run.verdict is not None, desk.judged(run)
    assert run.verdict.value is not VerdictValue.PASS, desk.judged(run)
    assert run.verdict.reasons, desk.judged(run)
    assert cause in desk.judged(run)


def test_that_a_late_recording_is_waited_for(desk: Desk, faults: AddFault) -> None:
    faults("object-late", times=1, seconds=3)
    run = control(desk)
    assert desk.judged(run) == "completed |  | pass"


def test_that_the_same_film_under_two_keys_counts_once(desk: Desk, faults: AddFault) -> None:
    faults("object-twice", times=1)
    run = control(desk)
    assert desk.judged(run) == "completed |  | pass"
    assert run.candidates  # a look between the two uploads shows one; whose film it is stays the same


def test_that_a_disk_full_at_the_recorder_is_a_film_that_ends_too_early(desk: Desk, faults: AddFault) -> None:
    faults("disk-full", times=1)
    run = control(desk, steady_s=LONGER_THAN_THE_TOLERANCE_S)
    assert run.verdict is not None, desk.judged(run)
    assert run.verdict.value is not VerdictValue.PASS, desk.judged(run)
    assert "reaches-end" in desk.judged(run)


def test_that_a_source_that_froze_never_passes(desk: Desk, faults: AddFault) -> None:
    faults("source-frozen", times=1, seconds=20)
    run = control(desk, steady_s=LONGER_THAN_THE_TOLERANCE_S, name="ad-01")  # it stays frozen for a while
    assert run.verdict is None or run.verdict.value is not VerdictValue.PASS, desk.judged(run)


def test_that_a_run_waits_for_room_on_a_full_disk_and_then_goes_on(desk: Desk) -> None:
    """A limit on the size of files stands for the full disk: the film does not fit, the journal does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def flow() -> RunState:
        await desk.at_rest("fin-web-01")
        session = desk.program.work.session
        target = desk.instance_id("fin-web-01")
        assert session is not None
        assert target is not None
        plan = session.plan((DisruptionId.CONTROL_DISCONNECT, AccessType.STANDARD), target)
        going = asyncio.get_running_loop().create_task(session.run(replace(plan, steady_s=QUICK_S)))
        await desk.until(lambda: plan.run_id in desk.program.store.state.runs, 10.0, "it has begun")
        begun = desk.program.store.run(plan.run_id)
        await desk.until(lambda: desk.run_now(begun).phase is Phase.PROCESSING, 20.0, "processing")
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
        try:
            await desk.until(lambda: any("disk is full" in note for note in _notes(desk, plan.run_id)), 20.0, "said")
            assert not (desk.folder / "runs" / plan.run_id / "recording.mp4").exists()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        return await going

    run = desk.run(flow())
    assert run.verdict is not None, run.reason
    assert run.verdict.value is VerdictValue.PASS
    assert "Free some space" in " ".join(_notes(desk, run.run_id))
    folder = desk.folder / "runs" / run.run_id
    read_journal((folder / "journal.jsonl").read_text().splitlines())
    assert (folder / "recording.mp4").exists()
    assert list(folder.glob("*.part*")) == []


def _notes(desk: Desk, run_id: RunId) -> list[str]:
    journal = desk.folder / "runs" / run_id / "journal.jsonl"
    return [line for line in journal.read_text().splitlines() if '"NoteAdded"' in line]


def test_that_an_endpoint_that_is_gone_is_said_and_the_window_lives_on(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    runs = dict(desk.program.store.state.runs)
    films = {path: path.stat().st_size for path in desk.folder.rglob("*.mp4")}
    assert films

    async def flow() -> None:
        os.kill(desk.lab.pid, 9)
        await desk.until(lambda: any("The lab ended" in text for text in desk.notices()), 10.0, "the end is said")
        assert "nothing recorded is lost" in next(text for text in desk.notices() if "The lab ended" in text)
        await desk.choose("fin-web-02")  # from the verdict of the run before
        await desk.click("instances_refresh")
        await desk.until(lambda: is_marked_stale(desk), 30.0, "the list is stale")
        await desk.choose("fin-web-01")
        assert desk.window.isVisible()

    desk.run(flow())
    assert desk.program.store.state.runs.keys() == runs.keys()
    assert {path: path.stat().st_size for path in desk.folder.rglob("*.mp4")} == films
