"""Worlds that were judged wrong once are judged right."""

from __future__ import annotations

import pytest

from tests.hostile.campaign import judge_world
from tests.hostile.kept import KEPT, Kept, with_person
from tests.hostile.kinds import Wrong


@pytest.mark.parametrize("person", [False, True])
@pytest.mark.parametrize("kept", [pytest.param(kept, id=kept.world.world_id) for kept in KEPT])
def test_that_a_world_once_judged_wrong_is_judged_right(kept: Kept, person: bool) -> None:
    judged = judge_world(with_person(kept.world) if person else kept.world)
    assert not judged.truth.grey
    never = (Wrong.FALSE_PASS, Wrong.FALSE_FAIL, Wrong.UNSAID)
    assert [wrong for wrong in judged.wrongs if wrong in never] == []
