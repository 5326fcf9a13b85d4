"""The place of a run stands in its journal."""

from __future__ import annotations

import pytest

from rdpgui.core.account_events import PlaceOpened
from rdpgui.core.journal import read_journal, rebuild
from rdpgui.core.place import Place
from tests.helpers.simulated_world import ACCOUNT, REGION, Behaviour
from tests.unit.runner.scenes import Scene, run_scene

ON_INSTANCE = Place(scenario="recorder-on-instance")


@pytest.mark.case("L1", "L2")
@pytest.mark.parametrize(
    ("lab", "looked_at", "place"),
    [
        (True, ON_INSTANCE, ON_INSTANCE),
        (False, Place(region=REGION), Place(account_id=ACCOUNT, region=REGION)),
        (False, ON_INSTANCE, Place(account_id=ACCOUNT, region=REGION)),
        (False, Place(region=REGION, endpoint="stack:1"), Place("", ACCOUNT, REGION, "stack:1")),
    ],
)
def test_that_the_journal_names_the_place_in_which_the_run_was_made(lab: bool, looked_at: Place, place: Place) -> None:
    def look(scene: Scene) -> None:
        scene.store.publish(PlaceOpened(scene.world.clock.now(), looked_at))

    scene, run = run_scene(
        Behaviour(lab=lab, endpoint_url=f"http://{place.endpoint}" if place.endpoint else ""), prepare=look
    )
    assert run.place == place
    rebuilt = rebuild(read_journal(scene.world.journals[run.run_id])[0])
    assert rebuilt is not None and rebuilt.place == place
