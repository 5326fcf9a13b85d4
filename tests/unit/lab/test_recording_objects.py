"""The objects that a recording leaves: their keys, and what faults and variants make of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rdpgui.lab.faults import FaultKind
from rdpgui.lab.model import RecordingStage
from rdpgui.lab.scenario import KeyStyle, Variants
from rdpgui.lab.world.objects import object_key, objects_of
from tests.helpers.world_kit import START, Kit
from tests.unit.lab.recording_kit import FILM, final, keys, made_with


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FaultKind.OBJECT_ZERO, b""),
        (FaultKind.OBJECT_TRUNCATED, FILM[:240]),
    ],
)
def test_that_a_fault_changes_the_object(kit: Kit, kind: FaultKind, body: bytes) -> None:
    kit.fault(kind, times=1)
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id)
    done = final(kit, connection_id)
    assert kit.stored(done.object_bucket, done.object_key) == body
    assert done.stage_reason == f"fault {kind}"
    assert kit.faults.list() == []


def test_that_an_object_can_be_no_film_or_missing(kit: Kit) -> None:
    for kind in (FaultKind.OBJECT_NOT_A_FILM, FaultKind.OBJECT_MISSING):
        kit.fault(kind, times=1)
        connection_id = kit.connect(kit.ids["web"])
        kit.finish(connection_id)
        done = final(kit, connection_id)
        assert done.stage is RecordingStage.FINISHED
        if kind is FaultKind.OBJECT_MISSING:
            assert (done.object_key, done.truth["put_at"]) == ("", None)
        else:
            assert kit.stored(done.object_bucket, done.object_key).startswith(b"<!DOCTYPE html>")
    assert len(keys(kit)) == 1


def test_that_a_foreign_object_is_another_connections_film(kit: Kit) -> None:
    kit.up(kit.ids["kept"])
    other = kit.connect(kit.ids["kept"])
    kit.finish(other, film=b"somebody else")
    final(kit, other)
    connection_id = kit.connect(kit.ids["web"])
    kit.fault(FaultKind.OBJECT_FOREIGN, operation=kit.ids["web"])
    kit.finish(connection_id)
    done = final(kit, connection_id)
    assert kit.stored(done.object_bucket, done.object_key) == b"somebody else"


def test_that_without_another_film_a_foreign_one_is_made(kit: Kit) -> None:
    kit.fault(FaultKind.OBJECT_FOREIGN)
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id)
    done = final(kit, connection_id)
    film = kit.stored(done.object_bucket, done.object_key)
    assert film[4:8] == b"ftyp"
    assert b"LAB i-0fffffff" in film


def test_that_a_late_object_comes_late(kit: Kit) -> None:
    kit.fault(FaultKind.OBJECT_LATE, seconds=300)
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id)
    kit.timeline.advance(319)
    assert kit.get(connection_id).stage is RecordingStage.PROCESSING
    kit.timeline.advance(1)
    assert kit.get(connection_id).stage is RecordingStage.FINISHED


def test_that_two_objects_come_by_variant_or_by_fault(tmp_path: Path) -> None:
    kit = made_with(tmp_path, variants=Variants(objects_per_connection=2))
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id)
    assert final(kit, connection_id).object_key in keys(kit)
    assert len(keys(kit)) == 2
    kit.world.close()


@pytest.mark.parametrize("style", list(KeyStyle))
def test_that_keys_differ_and_never_name_the_instance(style: KeyStyle) -> None:
    chance = random.Random(1)
    made = {object_key(style, chance, "c-1", START) for _ in range(50)}
    assert len(made) == 50
    for key in made:
        both = objects_of(key, FILM, normal=True, count=2, faults=(), foreign=b"")
        assert both[0].key == key != both[1].key
        assert both[0].key.endswith(".mp4") == both[1].key.endswith(".mp4")
