"""Which repairs stand, from the account's journal alone: made, not taken back, and of this account and Region."""

from __future__ import annotations

import pytest

from rdpgui.core.ids import AccountId, Region
from rdpgui.core.repair import Repair, RepairKind
from rdpgui.core.repair_events import RepairEnded, RepairIntended, standing
from tests.unit.core.samples import ACCOUNT, REGION, at

TAG = Repair(RepairKind.KEY_TAG, "key-1", None, "true")
POLICY = Repair(RepairKind.BUCKET_POLICY, "films", "{}", '{"a": 1}')
ELSEWHERE = Region("eu-west-1")
Told = RepairIntended | RepairEnded


def _made(
    repair: Repair, *, at_s: float = 0.0, account: AccountId = ACCOUNT, region: Region = REGION, error: str = ""
) -> list[Told]:
    return [
        RepairIntended(at(at_s), account, region, repair, "ana"),
        RepairEnded(at(at_s + 1.0), repair, error, True),
    ]


def _undone(repair: Repair, *, at_s: float = 50.0, error: str = "", known: bool = True) -> list[Told]:
    back = repair.undo()
    return [
        RepairIntended(at(at_s), ACCOUNT, REGION, back, "ana", undoes=True),
        RepairEnded(at(at_s + 1.0), back, error, known, undoes=True),
    ]


def _lost(repair: Repair) -> list[Told]:
    return [RepairIntended(at(0.0), ACCOUNT, REGION, repair, "ana"), RepairEnded(at(1.0), repair, "Lost.", False)]


@pytest.mark.parametrize(
    ("events", "stands"),
    [
        ([], ()),
        (_made(TAG), (TAG,)),
        ([*_made(TAG), *_made(POLICY)], (TAG, POLICY)),
        (_made(TAG, error="No."), ()),  # AWS refused it
        (_made(TAG)[:1], (TAG,)),  # the program was killed: it may have taken effect
        (_lost(TAG), (TAG,)),
        ([*_made(TAG), *_undone(TAG)], ()),
        ([*_lost(TAG), *_undone(TAG)], ()),
        ([*_made(TAG), *_undone(TAG, error="No.")], (TAG,)),
        ([*_made(TAG), *_undone(TAG, error="Lost.", known=False)], (TAG,)),  # it may still be there
        ([*_made(TAG), *_undone(TAG)[:1]], (TAG,)),
        ([*_made(TAG), *_made(POLICY), *_undone(TAG)], (POLICY,)),
        ([*_made(TAG), *_undone(TAG), *_made(TAG, at_s=60.0)], (TAG,)),
        (_undone(TAG), ()),  # what nobody here has made is not here to be taken back
        # Somebody else took it back and it was made again: it stands once, and the newest is last.
        ([*_made(TAG), *_made(POLICY), *_made(TAG, at_s=20.0)], (POLICY, TAG)),
        ([*_made(TAG), *_made(TAG, at_s=20.0), *_undone(TAG)], ()),
        ([*_made(TAG), *_made(TAG, at_s=20.0, error="No.")], ()),
        (["a note", *_made(TAG), 3], (TAG,)),  # other lines of the journal
    ],
)
def test_that_a_repair_stands_from_when_it_may_have_been_made_until_it_certainly_was_taken_back(
    events: list[object], stands: tuple[Repair, ...]
) -> None:
    assert standing(events, ACCOUNT, REGION) == stands


def test_that_another_place_s_repairs_are_not_offered_here() -> None:
    other = AccountId("999988887777")
    events = [*_made(TAG, account=other), *_made(POLICY, region=ELSEWHERE)]
    assert standing(events, ACCOUNT, REGION) == ()
    assert standing(events, other, REGION) == (TAG,)
    assert standing(events, ACCOUNT, ELSEWHERE) == (POLICY,)


def test_that_what_is_taken_back_elsewhere_stays_here() -> None:
    there = [
        RepairIntended(at(50.0), ACCOUNT, ELSEWHERE, TAG.undo(), "ana", undoes=True),
        RepairEnded(at(51.0), TAG.undo(), "", True, undoes=True),
    ]
    assert standing([*_made(TAG), *there], ACCOUNT, REGION) == (TAG,)


@pytest.mark.parametrize(("since_s", "stands"), [(9.0, (TAG,)), (10.0, (TAG,)), (10.1, ())])
def test_that_repairs_of_a_lab_that_is_gone_do_not_count(since_s: float, stands: tuple[Repair, ...]) -> None:
    assert standing(_made(TAG, at_s=10.0), ACCOUNT, REGION, at(since_s)) == stands
