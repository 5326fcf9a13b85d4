"""An answer that was read before is the same objects again."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

import pytest

from rdpgui.aws.kept import Kept
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState

pytestmark = pytest.mark.case("X3")


def _read() -> list[Instance]:
    return [Instance(InstanceId(f"i-{n}"), f"web-{n}", InstanceState.RUNNING) for n in range(3)]


def _whole(kept: Kept[Instance], rows: list[Instance]) -> tuple[Instance, ...]:
    return kept.whole(kept.rows(rows))


def test_that_an_unchanged_listing_is_the_same_tuple() -> None:
    kept: Kept[Instance] = Kept(attrgetter("instance_id"))
    assert _whole(kept, _read()) is _whole(kept, _read())


def test_that_one_changed_row_leaves_the_others_the_same_objects() -> None:
    kept: Kept[Instance] = Kept(attrgetter("instance_id"))
    before = _whole(kept, _read())
    rows = _read()
    rows[1] = replace(rows[1], state=InstanceState.STOPPED)
    after = _whole(kept, rows)
    assert [a is b for a, b in zip(before, after, strict=True)] == [True, False, True]
    assert after[1].state is InstanceState.STOPPED
    assert _whole(kept, rows) is after


def test_that_order_and_number_of_rows_count() -> None:
    kept: Kept[Instance] = Kept(attrgetter("instance_id"))
    before = _whole(kept, _read())
    assert _whole(kept, _read()[::-1]) == before[::-1]
    assert len(_whole(kept, _read()[:2])) == 2
    assert _whole(kept, []) == ()
