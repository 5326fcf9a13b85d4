"""A disk that is full when the film arrives."""

from __future__ import annotations

from rdpgui.core.errors import StorageFull
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import CandidatesFound, FilmSaved, NoteAdded
from rdpgui.core.verdict import CheckId, VerdictValue
from rdpgui.runner.recording_wait import ROOM_LIMIT_S
from tests.helpers.simulated_world import Behaviour
from tests.unit.runner.scenes import Scene, run_scene


def _told(scene: Scene) -> list[str]:
    return [event.text for event in scene.events if isinstance(event, NoteAdded) and event.level == "error"]


def test_that_a_run_says_that_the_disk_is_full_and_goes_on_when_there_is_room() -> None:
    scene, run = run_scene(Behaviour(room_after_s=60.0))
    assert _told(scene) == [
        "The disk is full: the recording cannot be saved. Free some space; the run goes on by itself."
    ]
    assert run.verdict is not None
    assert run.verdict.value is VerdictValue.PASS
    assert [film.path for film in run.saved] == ["recording.mp4"]
    assert [type(event) for event in scene.events].count(FilmSaved) == 1


def test_that_without_room_the_run_ends_undecided_and_names_the_disk() -> None:
    scene, run = run_scene(Behaviour(room_after_s=ROOM_LIMIT_S * 3))
    assert run.status is RunStatus.COMPLETED
    assert run.verdict is not None
    assert run.verdict.value is VerdictValue.INCONCLUSIVE
    check = next(check for check in run.verdict.checks if check.check_id is CheckId.OWN_RECORDING)
    assert check.cause == "disk-full"
    assert any(isinstance(event, CandidatesFound) for event in scene.events)  # the journal says what is in S3
    assert len(_told(scene)) == 1


def test_that_a_film_that_was_saved_is_not_fetched_again_when_its_facts_find_no_room() -> None:
    failures = [True, True]

    def prepare(scene: Scene) -> None:
        real = scene.ports.folders.write_bytes

        def write(path: object, data: bytes) -> None:
            if failures and str(path).endswith("facts.json"):
                failures.pop()
                raise StorageFull("The disk is full.")
            real(path, data)  # type: ignore[arg-type]

        scene.ports.folders.write_bytes = write  # type: ignore[method-assign]

    scene, run = run_scene(Behaviour(), prepare=prepare)
    assert failures == []
    assert scene.world.calls.count("s3:GetObject") == 1
    assert [film.path for film in run.saved] == ["recording.mp4"]
    assert run.verdict is not None
    assert run.verdict.value is VerdictValue.PASS
