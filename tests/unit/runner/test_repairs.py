"""Repairs: armed, journalled before the call, made once on what was looked at, and taken back to the byte."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from rdpgui.core.errors import AccessDenied, GuardRefusal, RdpguiError, Unreachable
from rdpgui.core.journal import read_actions
from rdpgui.core.repair import KEY_TAG, Repair, RepairKind
from rdpgui.core.repair_events import RepairEnded, RepairIntended
from rdpgui.core.state import AppState
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.repairs import Repairs
from tests.helpers.simulated_world import TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

TAG = Repair(RepairKind.KEY_TAG, "arn:aws:kms:r:a:key/k", None, "true")
WRITTEN = '{ "Version": "2012-10-17",  "Statement": [] }'
POLICY = Repair(RepairKind.BUCKET_POLICY, "films", WRITTEN, '{"Version": "2012-10-17", "Statement": [{"Sid": "New"}]}')


@dataclass
class Changes:
    """Implements ``RepairPort``: what is set, by kind; ``fails`` is raised after the change."""

    values: dict[RepairKind, str | None] = field(default_factory=lambda: {RepairKind.BUCKET_POLICY: WRITTEN})
    puts: list[Repair] = field(default_factory=list)
    fails: RdpguiError | None = None

    async def value(self, kind: RepairKind, subject: str) -> str | None:
        return self.values.get(kind)

    async def put(self, repair: Repair) -> None:
        self.puts.append(repair)
        if self.fails is not None:
            raise self.fails
        self.values[repair.kind] = repair.after


@dataclass
class Bench:
    """A scene with somebody who repairs. ``lab`` False: it has to be armed."""

    lab: bool = True

    def __post_init__(self) -> None:
        self.scene = Scene(Behaviour(lab=self.lab))
        self.scene.store.publish(self.scene.events[0])
        self.changes = Changes()
        ports = self.scene.ports
        self.repairs = Repairs(ports, self.changes, self.scene.store, by="ana", begun_at=ports.clock.now())

    @property
    def state(self) -> AppState:
        return self.scene.store.state

    def journal(self) -> list[object]:
        return list(read_actions(self.scene.world.actions))


def test_that_a_repair_is_journalled_with_what_was_there_made_once_and_taken_back_to_the_byte() -> None:
    async def main() -> None:
        bench = Bench()
        for repair in (TAG, POLICY):
            await bench.repairs.apply(repair, TARGET)
        assert bench.changes.puts == [TAG, POLICY]
        assert await bench.repairs.standing() == (TAG, POLICY)
        intended, ended, *_ = bench.journal()
        assert isinstance(intended, RepairIntended) and (intended.repair, intended.by) == (TAG, "ana")
        assert isinstance(ended, RepairEnded) and (ended.repair, ended.error, ended.outcome_known) == (TAG, "", True)
        await bench.repairs.undo(POLICY, TARGET)
        assert bench.changes.values[RepairKind.BUCKET_POLICY] == WRITTEN
        assert await bench.repairs.standing() == (TAG,)
        await bench.repairs.undo(TAG, TARGET)
        assert bench.changes.values[RepairKind.KEY_TAG] is None
        assert await bench.repairs.standing() == ()

    run_virtual(main())


def test_that_nothing_is_changed_on_aws_unless_the_target_is_armed_and_no_stop_is_latched() -> None:
    async def main() -> None:
        bench = Bench(lab=False)
        desk = ArmingDesk(bench.scene.store, bench.scene.ports.clock, 300.0)
        with pytest.raises(GuardRefusal, match="not armed"):
            await bench.repairs.apply(TAG, TARGET)
        desk.arm(TARGET)
        desk.emergency_stop()
        with pytest.raises(GuardRefusal, match="latched"):
            await bench.repairs.apply(TAG, TARGET)
        assert bench.changes.puts == [] and bench.journal() == []
        desk.emergency_reset()
        desk.arm(TARGET)
        await bench.repairs.apply(TAG, TARGET)
        assert bench.changes.puts == [TAG]

    run_virtual(main())


@pytest.mark.parametrize("found", [None, '{"Version": "2012-10-17", "Statement": [{"Sid": "Else"}]}', "x"])
def test_that_what_somebody_changed_meanwhile_is_left_alone_also_by_an_undo(found: str | None) -> None:
    async def main() -> None:
        bench = Bench()
        bench.changes.values[RepairKind.BUCKET_POLICY] = found
        with pytest.raises(GuardRefusal, match="changed since"):
            await bench.repairs.apply(POLICY, TARGET)
        bench.changes.values[RepairKind.BUCKET_POLICY] = WRITTEN.replace(" ", "")  # written otherwise, the same policy
        await bench.repairs.apply(POLICY, TARGET)
        bench.changes.values[RepairKind.BUCKET_POLICY] = found
        with pytest.raises(GuardRefusal, match="changed since"):
            await bench.repairs.undo(POLICY, TARGET)
        assert bench.changes.puts == [POLICY]

    run_virtual(main())


def test_that_a_refused_repair_leaves_nothing_to_undo_and_one_without_answer_does() -> None:
    async def main() -> None:
        bench = Bench()
        bench.changes.fails = AccessDenied("{operation} was denied.", operation="kms:TagResource", code="AccessDenied")
        with pytest.raises(AccessDenied):
            await bench.repairs.apply(TAG, TARGET)
        assert await bench.repairs.standing() == ()
        bench.changes.fails = Unreachable("No answer.", "Look.", operation="kms:TagResource", url="", message="")
        with pytest.raises(Unreachable):
            await bench.repairs.apply(TAG, TARGET)
        assert await bench.repairs.standing() == (TAG,)
        assert bench.changes.puts == [TAG, TAG]
        assert [entry.outcome_known for entry in bench.journal() if isinstance(entry, RepairEnded)] == [True, False]

    run_virtual(main())


def test_that_repairs_of_a_lab_that_is_gone_are_not_offered_to_be_undone() -> None:
    async def main() -> None:
        bench = Bench()
        await bench.repairs.apply(TAG, TARGET)
        ports = bench.scene.ports
        later = ports.clock.now() + timedelta(seconds=1)
        again = Repairs(ports, bench.changes, bench.scene.store, by="ana", begun_at=later)
        assert await again.standing() == ()

    run_virtual(main())


def test_that_a_repair_shows_line_by_line_what_it_changes() -> None:
    assert TAG.diff() == ("+true",)
    assert Repair(RepairKind.KEY_TAG, "k", "True", "true").diff() == ("-True", "+true")
    lines = POLICY.diff()
    assert [line for line in lines if line.startswith("-")] == ['-  "Statement": []']
    assert '+      "Sid": "New"' in lines and " {" in lines
    assert TAG.undo().call().members == {"KeyId": TAG.subject, "TagKeys": [KEY_TAG]}
