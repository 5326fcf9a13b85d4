"""The counterfactual: a recorder on the instance, which dies with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rdpgui.lab.model import RecordingStage
from rdpgui.lab.scenario import RecorderPlace, RecordingRules
from tests.unit.lab.recording_kit import final, keys, made_with


def test_that_a_recorder_on_the_instance_dies_with_it_and_the_film_is_lost(tmp_path: Path) -> None:
    kit = made_with(tmp_path, RecordingRules(place=RecorderPlace.INSTANCE))
    name = kit.ids["web"]
    connection_id = kit.connect(name)
    broker = kit.broker(connection_id)
    # The broker may be faster than the news of the guest; its film must be lost all the same.
    broker.say("ended", at_ms=kit.ms(), reason="closed-by-guest")
    kit.film(broker)
    kit.down(name, "restart")
    assert broker not in [child for child in kit.spawner.children if child.alive]
    kit.up(name)
    done = final(kit, connection_id)
    assert (done.stage, keys(kit)) == (RecordingStage.FAILED, [])
    assert "on the instance" in done.stage_reason
    assert len([c for c in kit.spawner.children if c.config.get("connection_id") == connection_id]) == 1


def test_that_a_power_cut_loses_it_too(tmp_path: Path) -> None:
    kit = made_with(tmp_path, RecordingRules(place=RecorderPlace.INSTANCE))
    connection_id = kit.connect(kit.ids["web"])
    kit.world.instances.cut_power(kit.ids["web"])
    assert final(kit, connection_id).stage is RecordingStage.FAILED
    assert kit.get(connection_id).end_reason == "connection-lost"
    kit.world.close()


@pytest.mark.parametrize("place", [RecorderPlace.INSTANCE, RecorderPlace.INSTANCE_PARTIAL])
def test_that_a_recorder_on_the_instance_uploads_after_a_normal_end(tmp_path: Path, place: RecorderPlace) -> None:
    kit = made_with(tmp_path, RecordingRules(place=place))
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id, "closed")
    assert final(kit, connection_id).stage is RecordingStage.FINISHED
    kit.world.close()


def test_that_the_partial_recorder_uploads_at_the_next_boot_without_its_tail(tmp_path: Path) -> None:
    kit = made_with(tmp_path, RecordingRules(place=RecorderPlace.INSTANCE_PARTIAL, lost_tail_s=6))
    name = kit.ids["web"]
    connection_id = kit.connect(name)
    segments = Path(str(kit.broker(connection_id).config["work_dir"])) / "segments.bin"
    for second in range(20):
        segments.write_bytes(bytes(100 * second))
        kit.timeline.advance(1)
    kit.world.instances.cut_power(name)
    kit.timeline.advance(100)
    assert kit.get(connection_id).stage is RecordingStage.RECORDING
    assert keys(kit) == []
    assert kit.broker(connection_id).config["finalise_only"] is False
    kit.world.instances.reboot(name)
    kit.up(name)
    finaliser = kit.broker(connection_id)
    assert finaliser.config["finalise_only"] is True
    assert 1200 <= segments.stat().st_size <= 1400
    kit.film(finaliser, b"half", normal=False)
    finaliser.leave(0)
    done = final(kit, connection_id)
    assert kit.stored(done.object_bucket, done.object_key) == b"half"
    assert done.stage is RecordingStage.FINISHED
    kit.world.close()


def test_that_a_film_that_waits_for_its_upload_on_the_instance_is_cut_too(tmp_path: Path) -> None:
    kit = made_with(tmp_path, RecordingRules(place=RecorderPlace.INSTANCE_PARTIAL))
    name = kit.ids["web"]
    connection_id = kit.connect(name)
    kit.finish(connection_id, "closed-by-guest", film=b"whole")
    kit.world.instances.cut_power(name)
    kit.timeline.advance(200)
    assert (kit.get(connection_id).stage, keys(kit)) == (RecordingStage.RECORDING, [])
    kit.world.instances.reboot(name)
    kit.up(name)
    kit.film(kit.broker(connection_id), b"half", normal=False)
    done = final(kit, connection_id)
    assert kit.stored(done.object_bucket, done.object_key) == b"half"
    kit.world.close()
