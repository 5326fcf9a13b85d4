"""Scenario files: what is accepted, and how a wrong one is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rdpgui.lab.faults import FaultRule
from rdpgui.lab.scenario import (
    InitialState,
    RecorderPlace,
    ScenarioError,
    load_scenario,
    load_scenario_file,
    scenario_names,
)


def written(folder: Path, text: object) -> Path:
    path = folder / "mine.json"
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", scenario_names())
def test_that_every_scenario_of_the_product_loads_with_usable_faults(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.about
    for rule in scenario.faults:
        FaultRule.from_json(rule)


def test_that_the_default_scenario_comes_first_and_is_quick() -> None:
    assert scenario_names()[0] == "default"
    timings = load_scenario("default").timings
    down_s = timings.shutdown_delay_limit_s + timings.shutdown_screen_s + timings.off_after_desktop_s
    back_s = timings.stopping_s + timings.pending_s + timings.boot_s + timings.agent_online_s
    assert down_s + back_s + timings.processing_s < 6


def test_that_the_default_fleet_has_running_stopped_and_refused_instances() -> None:
    fleet = {spec.name: spec for spec in load_scenario("default").fleet}
    assert [name for name, spec in fleet.items() if spec.state is InitialState.RUNNING] == [
        "fin-web-01",
        "fin-web-02",
        "ad-01",
    ]
    assert all(spec.tags.get("rdpgui:disruptable") == "true" for spec in list(fleet.values())[:4])
    assert fleet["asg-web-3f"].auto_scaling_group
    assert fleet["kiosk-09"].shutdown_behavior == "terminate"


def test_that_the_counterfactuals_put_the_recorder_on_the_instance() -> None:
    assert load_scenario("recorder-on-instance").recording.place is RecorderPlace.INSTANCE
    assert load_scenario("recorder-on-instance-partial").recording.place is RecorderPlace.INSTANCE_PARTIAL


@pytest.mark.parametrize(
    ("change", "member", "remedy"),
    [
        ({"timing": {}}, "mine.timing", "Did you mean 'timings'?"),
        ({"timings": {"boot_s": "fast"}}, "mine.timings.boot_s", "Give a number."),
        ({"timings": {"boot_s": True}}, "mine.timings.boot_s", "Give a number."),
        ({"timings": {"boot_s": -1}}, "mine.timings.boot_s", "Give at least 0.0."),
        ({"timings": {"boot_s": float("inf")}}, "mine.timings.boot_s", "Give a number."),
        ({"timings": []}, "mine.timings", 'Write it as { "member": value, … }.'),
        ({"recording": {"fps": 0}}, "mine.recording.fps", "Give at least 1."),
        ({"recording": {"fps": 9.5}}, "mine.recording.fps", "Give a whole number."),
        ({"recording": {"place": "cloud"}}, "mine.recording.place", 'Use one of: "service", "instance"'),
        ({"recording": {"configured": "yes"}}, "mine.recording.configured", "Give true or false."),
        ({"variants": {"objects_per_connection": 3}}, "mine.variants.objects_per_connection", "Give at most 2."),
        ({"fleet": {}}, "mine.fleet", "Write it as [ … ]."),
        ({"fleet": []}, "mine.fleet", "Give at least one instance."),
        ({"fleet": [{}]}, "mine.fleet[0].name", "Add it."),
        ({"fleet": [{"name": " "}]}, "mine.fleet[0].name", "Give the instance a name."),
        ({"fleet": [{"name": "a"}, {"name": "a"}]}, "mine.fleet[1].name", "Give each instance a name of its own."),
        ({"fleet": [{"name": "a", "tags": {"x": 1}}]}, "mine.fleet[0].tags.x", "Give a string."),
        ({"fleet": [{"name": "a\x07"}]}, "mine.fleet[0].name", "cannot carry it"),
        ({"fleet": [{"name": "a", "tags": {"x": "\x1b[31m"}}]}, "mine.fleet[0].name", "cannot carry it"),
        (
            {"fleet": [{"name": "a", "root_device": "instance-store", "state": "stopped"}]},
            "mine.fleet[0].state",
            'Use "running"',
        ),
        ({"faults": [3]}, "mine.faults[0]", "Write it as {"),
    ],
)
def test_that_a_wrong_member_is_named_with_its_remedy(
    tmp_path: Path, change: dict[str, object], member: str, remedy: str
) -> None:
    good: dict[str, object] = {"name": "mine", "fleet": [{"name": "a"}]}
    with pytest.raises(ScenarioError) as caught:
        load_scenario_file(written(tmp_path, {**good, **change}))
    assert caught.value.member == member
    assert remedy in caught.value.remedy
    assert caught.value.message.startswith(f"{member}: ")


def test_that_text_that_is_no_json_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"line 2, column"):
        load_scenario_file(written(tmp_path, '{\n"name" 3}'))


def test_that_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"cannot be read"):
        load_scenario_file(tmp_path / "none.json")


def test_that_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(ScenarioError, match=r"not UTF-8"):
        load_scenario_file(path)


@pytest.mark.parametrize("name", ["", "none", "../default", "/etc/passwd", "default.json"])
def test_that_an_unknown_name_lists_the_known_ones(name: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(name)
    assert "default" in caught.value.remedy
