"""The same experiment with the recorder at the service and on the instance, one place of the lab after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from rdpgui.app.paths import scenario_title
from rdpgui.app.workplace import Workplace
from rdpgui.core.account_events import Topic
from rdpgui.core.errors import LabError
from rdpgui.core.place import AT_SERVICE, ON_INSTANCE
from rdpgui.core.state import AppState
from rdpgui.ui.commands import PlaceChoice, PlacePort

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession
    from rdpgui.core.ids import InstanceId
    from rdpgui.runner.matrix import Matrix
    from rdpgui.runner.plans import Pair


class RunsRows(Protocol):
    """Runs rows in the place that is open, as the matrix does."""

    async def matrix(
        self, session: WorkSession, pairs: Sequence[Pair], instances: tuple[InstanceId, ...], *, wide: bool
    ) -> Matrix:
        """Run rows, show how far they are, and write their papers."""


OPEN_LIMIT_S = 120.0


class RecorderComparison:
    """Opens both scenarios of the lab in turn, runs the same in each, and comes back to where it began.

    Args:
        work: what is open. places: change it. runs: run what is compared.
    """

    def __init__(self, work: Workplace, places: PlacePort, runs: RunsRows) -> None:
        self._work = work
        self._places = places
        self._runs = runs

    async def compare(self, pairs: Sequence[Pair]) -> None:
        """Run rows in both places; stopped by hand in one of them, the other is left out.

        Raises:
            LabError: a scenario did not open; it stays the place that is open, so that the message is read.
            Others: of the runs.
        """
        began_in = self._work.settings.scenario
        await self._both(pairs)
        place = self._work.store.state.place
        if place is not None and place.scenario in map(scenario_title, (AT_SERVICE, ON_INSTANCE)):
            await self._opened(began_in)  # else a person has opened another place meanwhile, and stays there

    async def _both(self, pairs: Sequence[Pair]) -> None:
        from rdpgui.runner.matrix import RowStatus

        for scenario in (AT_SERVICE, ON_INSTANCE):
            matrix = await self._runs.matrix(await self._opened(scenario), pairs, (), wide=True)
            if any(row.status is RowStatus.SKIPPED for row in matrix.rows):
                return

    def _go_to(self, scenario: str) -> None:
        settings = self._work.settings
        choice = PlaceChoice("lab", settings.profile, settings.region, scenario, settings.endpoint_url)
        self._places.switch_place(choice)

    async def _opened(self, scenario: str) -> WorkSession:
        """Return the session on a scenario of the lab with an instance that can be used."""
        title, state = scenario_title(scenario), self._work.store.state
        if state.place is None or state.place.scenario != title or self._work.session is None:
            self._go_to(scenario)

        def is_open(now: AppState) -> bool:
            there = now.place is not None and now.place.scenario == title and Topic.INSTANCES in now.observed_at
            return there and self._work.session is not None and bool(self._work.session.usable_instances())

        if not await self._work.store.until(is_open, OPEN_LIMIT_S) or self._work.session is None:
            raise LabError(
                "The scenario {scenario} of the lab did not open in time.",
                "Open it from the top line.",
                scenario=scenario,
            )
        return self._work.session
