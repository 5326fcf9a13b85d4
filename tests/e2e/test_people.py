"""What people do to a run: each scenario by the headless runner on the lab, all at the same time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import finish, one_machine, start
from tests.helpers.limits import limit_s

RUNS = {
    "nobody-disturbs": "os-shutdown",
    "window-closed-before-shutdown": "os-shutdown",
    "second-session-on-the-instance": "os-reboot",
    "film-replaced-by-colour-bars": "os-reboot",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The results files of all runs, by scenario."""
    folder = tmp_path_factory.mktemp("people")
    started = {}
    for name, disruption in RUNS.items():
        arguments: list[str | Path] = ["--data-dir", folder / name, "run", "--disruption", disruption]
        arguments += ["--scenario", one_machine(folder, f"people/{name}"), "--json", folder / f"{name}.json"]
        arguments += ["--out", folder / name / "out", "--language", "en", "--no-screenshots"]
        started[name] = start(arguments)
    said = {name: finish(process, enough_s=120.0) for name, process in started.items()}
    return {
        name: {**json.loads((folder / f"{name}.json").read_text()), "said": said[name], "folder": str(folder)}
        for name in RUNS
    }


def row(result: dict[str, Any]) -> dict[str, Any]:
    """The one run of a results file."""
    (found,) = result["runs"]
    assert isinstance(found, dict)
    return found


def journal(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of the one run."""
    path = Path(result["folder"]) / row(result)["run_folder"] / "journal.jsonl"
    return [json.loads(line)["event"] for line in path.read_text().splitlines()]


def test_that_a_run_that_nobody_disturbs_passes_on_a_scenario_of_a_file(results: dict[str, dict[str, Any]]) -> None:
    result = results["nobody-disturbs"]
    assert (row(result)["verdict"], row(result)["reasons"]) == ("pass", []), result["said"]
    assert result["scenario"].startswith("nobody-disturbs (")  # a file of one's own is told from all others
    assert row(result)["place"] == f"lab:{result['scenario']}"


@pytest.mark.case("V1")
def test_that_a_window_closed_before_the_shutdown_is_no_pass(results: dict[str, dict[str, Any]]) -> None:
    result = results["window-closed-before-shutdown"]
    assert row(result)["verdict"] in ("fail", "inconclusive"), result["said"]
    # The run had its evidence; it is the session's end that was too early.
    assert any("session ended" in reason.lower() for reason in row(result)["reasons"]), row(result)["reasons"]


@pytest.mark.case("V9")
def test_that_the_film_of_somebody_elses_session_is_not_taken_for_ours(results: dict[str, dict[str, Any]]) -> None:
    result = results["second-session-on-the-instance"]
    assert row(result)["verdict"] == "inconclusive", result["said"]
    assert any(event["event"] == "NeighboursRead" for event in journal(result))


@pytest.mark.case("V11")
def test_that_colour_bars_in_our_films_place_are_no_pass(results: dict[str, dict[str, Any]]) -> None:
    result = results["film-replaced-by-colour-bars"]
    assert row(result)["verdict"] in ("fail", "inconclusive"), result["said"]
    seen = {event["event"] for event in journal(result)}
    # NOTE: on a machine that is starved the bars may come after the time that the lab takes at most.
    late = any("No recording arrived" in reason for reason in row(result)["reasons"])
    assert late or seen & {"FilmInspected", "CandidatesFound"}


@pytest.mark.parametrize(
    "arguments",
    [["run", "--disruption", "os-reboot", "--no-screenshots"], ["lab"]],
    ids=["run", "lab"],
)
def test_that_an_unknown_member_of_a_file_is_refused_by_name_with_the_nearest(
    tmp_path: Path, arguments: list[str]
) -> None:
    path = tmp_path / "mine.json"
    people = [{"after": "connected", "do": "disconnect", "delay": 3}]
    path.write_text(json.dumps({"fleet": [{"name": "a"}], "people": people}))
    process = start(["--data-dir", tmp_path / "data", *arguments, "--scenario", path])
    status, _out, err = finish(process, enough_s=limit_s(30.0))
    assert status == 2
    assert "mine.people[0].delay" in err
    assert "'delay_s'" in err
