"""A poll that found nothing new costs the window nothing, however many instances there are."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from rdpgui.aws.ec2 import Ec2Instances
from rdpgui.core.account_events import EmergencyStopped, InstancesObserved
from rdpgui.core.freshness import Look
from rdpgui.core.instance import Instance
from rdpgui.core.reduce import reduce
from rdpgui.core.state import AppState
from tests.ui.conftest import Bench
from tests.ui.snapshots import INSTANCES, NODES, NOW, seeded

EQUAL_CALLS: list[str] = []


class Counted(Instance):
    """An instance that notes when it is compared by value."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        EQUAL_CALLS.append(self.instance_id)
        return super().__eq__(other)

    __hash__ = Instance.__hash__


def _counted() -> tuple[Instance, ...]:
    return tuple(Counted(i.instance_id, i.name, i.state, platform=i.platform, tags=i.tags) for i in INSTANCES)


def _observed(state: AppState, instances: tuple[Instance, ...]) -> AppState:
    return reduce(state, InstancesObserved(NOW, instances, NODES))


@pytest.mark.case("X3")
def test_that_the_same_list_again_makes_the_same_mappings() -> None:
    first = _observed(seeded(), INSTANCES)
    again = _observed(first, INSTANCES)
    assert again.instances is first.instances
    assert again.nodes is first.nodes
    other = _observed(again, INSTANCES[:1])
    assert list(other.instances) == [INSTANCES[0].instance_id]
    failed = reduce(other, InstancesObserved(NOW, INSTANCES, None))
    assert (failed.nodes, failed.nodes_known) == (other.nodes, False)


@pytest.mark.case("X3")
def test_that_the_window_compares_what_is_equal_by_value_only_once(bench: Bench) -> None:
    state = _observed(seeded(), _counted())
    bench.show(state)
    equal = _observed(state, _counted())
    bench.show(equal)
    EQUAL_CALLS.clear()
    bench.show(replace(equal, observed_at={**equal.observed_at}))
    assert EQUAL_CALLS == []
    bench.show(_observed(equal, equal.listed[0]))
    assert EQUAL_CALLS == []


@pytest.mark.case("X3", "X11")
def test_that_a_poll_that_found_the_same_again_renders_nothing_unless_something_had_aged(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = bench.workbench
    rendered: list[str] = []
    monkeypatch.setattr(workbench.rendering._throttle, "request", lambda: rendered.append("render"))
    state = _observed(seeded(), INSTANCES)  # without a look: nobody knows how long it holds
    workbench.rendering.render_state(state)
    rendered.clear()
    again = _observed(state, INSTANCES)
    assert again is not state
    workbench.rendering.render_state(again)
    assert rendered == []
    now = workbench.looked.moment()
    looked = reduce(again, InstancesObserved(now.at, INSTANCES, NODES, Look(now.at, now.mono_s, 60.0)))
    workbench.rendering.render_state(looked)
    assert rendered == ["render"], "it may be said in the present again"
    workbench.rendering.render_state(reduce(looked, EmergencyStopped(now.at)))
    assert len(rendered) == 2


@pytest.mark.case("X3")
def test_that_a_change_is_still_seen(bench: Bench) -> None:
    state = _observed(seeded(), INSTANCES)
    bench.show(state)
    bench.show(_observed(state, (replace(INSTANCES[0], name="renamed"), *INSTANCES[1:])))
    model = bench.window.experiment.instances.table.model()
    assert "renamed" in [model.data(model.index(row, 0)) for row in range(model.rowCount())]


@pytest.mark.case("X3")
def test_that_the_port_gives_the_same_objects_for_what_did_not_change() -> None:
    class Caller:
        """Answers each listing with new objects."""

        async def pages(self, _service: str, operation: str, **_members: object) -> Any:
            yield {
                "Reservations": [{"Instances": [{"InstanceId": "i-1", "State": {"Name": "running"}}]}],
                "InstanceInformationList": [{"InstanceId": "i-1", "PingStatus": "Online"}],
            }

    async def flow() -> None:
        port = Ec2Instances(Caller())  # type: ignore[arg-type] # as much of it as is used
        assert await port.instances() is await port.instances()
        assert await port.nodes() is await port.nodes()

    asyncio.run(flow())


@pytest.mark.case("L5")
def test_that_the_window_is_whole_before_anything_is_known(bench: Bench) -> None:
    bench.workbench.rendering.render()
    QApplication.processEvents()
    assert bench.text("banner_place") == "Connecting …"
    table = bench.window.experiment.instances.table
    assert table.empty_text
    shown = [one for one in bench.window.findChildren(QLabel) if one.isVisible() and one.property("role") == "title"]
    assert len(shown) >= 7
    assert bench.window.experiment.disruptions.start.isHidden()
    assert bench.window.experiment.disruptions.abort.isHidden()
