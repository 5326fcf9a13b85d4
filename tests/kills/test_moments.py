"""A handful of moments of the campaign: ``python -m tests.kills`` tries hundreds."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.run import RunStatus
from rdpgui.core.session import AccessType
from tests.kills.campaign import Moment, Outcome, moment, try_moment
from tests.kills.service import Service
from tests.kills.world import try_world

MOMENTS = (
    Moment(0, DisruptionId.EC2_REBOOT, AccessType.STANDARD, "IntentRecorded", ""),
    Moment(1, DisruptionId.EC2_STOP, AccessType.STANDARD, "after perform", "CandidatesFound"),
    Moment(2, DisruptionId.OS_REBOOT, AccessType.JUST_IN_TIME, "SessionAttached", ""),
)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Outcome]]:
    """All moments at the same time, each on an instance of its own."""
    folder = tmp_path_factory.mktemp("kills")
    service = Service(folder)

    def work(at: Moment, instance: str) -> Outcome:
        root = folder / str(at.number)
        root.mkdir()
        return try_moment(service, instance, root, at)

    try:
        with ThreadPoolExecutor(len(MOMENTS)) as pool:
            yield {outcome.number: outcome for outcome in pool.map(work, MOMENTS, service.instances())}
    finally:
        service.end()


@pytest.mark.e2e
@pytest.mark.case("R7", "R8")
def test_that_a_killed_program_s_runs_end_honestly_and_nothing_is_ordered_twice(outcomes: dict[int, Outcome]) -> None:
    assert {number: outcome.problems for number, outcome in outcomes.items()} == {0: (), 1: (), 2: ()}
    assert {number: outcome.kills for number, outcome in outcomes.items()} == {0: 1, 1: 2, 2: 1}


@pytest.mark.e2e
@pytest.mark.case("R8")
def test_that_what_was_intended_is_observed_and_never_ordered_again(outcomes: dict[int, Outcome]) -> None:
    intended, ordered, attached = (outcomes[number] for number in range(3))
    assert (intended.orders, intended.status) == (0, RunStatus.COMPLETED.value)
    assert (ordered.orders, ordered.status) == (1, RunStatus.COMPLETED.value)
    assert (attached.orders, attached.status) == (0, RunStatus.INTERRUPTED.value)


@pytest.mark.case("R7", "R8")
def test_that_a_life_that_is_killed_at_any_step_is_taken_up_without_repeating_anything() -> None:
    outcomes = [try_world(1, number) for number in range(33)]
    assert [outcome for outcome in outcomes if outcome.problems] == []
    assert sum(outcome.kills > 0 for outcome in outcomes) > 20
    assert {outcome.orders for outcome in outcomes} == {0, 1}


def test_that_a_moment_is_drawn_alike_everywhere() -> None:
    assert moment(1, 7) == moment(1, 7) != moment(2, 7)
    assert len({moment(1, number).disruption for number in range(11)}) == len(DisruptionId)
