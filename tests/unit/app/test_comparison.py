"""The recorder at the service against the one on the instance: both places in turn, and back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.app.comparison import RecorderComparison
from rdpgui.core.account_events import Topic
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import LabError
from rdpgui.core.ids import AccountId, Region
from rdpgui.core.place import Place
from rdpgui.core.session import AccessType
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState
from rdpgui.runner.matrix import RowStatus
from rdpgui.ui.commands import PlaceChoice
from tests.ui.snapshots import LAB, NOW

PAIRS = ((DisruptionId.OS_SHUTDOWN, AccessType.STANDARD),) * 2


class World:
    """A window whose place changes at once, and that notes what is run where."""

    def __init__(self, *, stopped_in: str = "", opens: bool = True, left_for: Place | None = None) -> None:
        self.told: list[str] = []
        self._stopped_in, self._opens, self._left_for = stopped_in, opens, left_for
        state = replace(AppState(), place=LAB, observed_at={Topic.INSTANCES: NOW})
        session = SimpleNamespace(usable_instances=lambda: ("an instance",))
        self.work: Any = SimpleNamespace(
            store=SimpleNamespace(state=state, until=self._until), session=session, settings=Settings()
        )
        self.comparison = RecorderComparison(self.work, self, self)  # type: ignore[arg-type]

    async def _until(self, condition: Any, _limit_s: float) -> bool:
        return bool(condition(self.work.store.state))

    def switch_place(self, choice: PlaceChoice) -> None:
        """Open a scenario."""
        self.told.append(f"open {choice.scenario}")
        if self._opens:
            self.work.store.state = replace(self.work.store.state, place=Place(scenario=choice.scenario))

    async def matrix(self, _session: object, pairs: object, instances: object, *, wide: bool) -> object:
        """Run rows."""
        assert (pairs, instances, wide) == (PAIRS, (), True)
        here = self.work.store.state.place.scenario
        self.told.append(f"run in {here}")
        if self._left_for is not None:
            self.work.store.state = replace(self.work.store.state, place=self._left_for)
        status = RowStatus.SKIPPED if here == self._stopped_in else RowStatus.ENDED
        return SimpleNamespace(rows=[SimpleNamespace(status=status)])


def test_that_both_places_are_run_in_and_the_first_is_opened_again() -> None:
    world = World()
    asyncio.run(world.comparison.compare(PAIRS))
    assert world.told == ["run in default", "open recorder-on-instance", "run in recorder-on-instance", "open default"]


def test_that_a_comparison_that_was_stopped_goes_on_nowhere() -> None:
    world = World(stopped_in="default")
    asyncio.run(world.comparison.compare(PAIRS))
    assert world.told == ["run in default"]


def test_that_who_opened_another_place_meanwhile_stays_there() -> None:
    account = Place(account_id=AccountId("123456789012"), region=Region("eu-west-1"))
    world = World(stopped_in="default", left_for=account)
    asyncio.run(world.comparison.compare(PAIRS))
    assert world.told == ["run in default"]
    assert world.work.store.state.place == account


def test_that_a_place_that_does_not_open_is_said() -> None:
    world = World(opens=False)
    with pytest.raises(LabError, match="recorder-on-instance"):
        asyncio.run(world.comparison.compare(PAIRS))
    assert world.told == ["run in default", "open recorder-on-instance"]
