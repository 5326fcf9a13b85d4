"""The program without a window: run, lab, inspect and judge."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import boto3
import pytest

from rdpgui.app.paths import resources
from rdpgui.report import pack
from tests.e2e.conftest import Here
from tests.e2e.terminal import command, environment, finish, lines_until, one_machine, start
from tests.helpers.limits import limit_s
from tests.helpers.processes import command_of, descendants, is_alive
from tests.helpers.waiting import wait_for

RESULT_MEMBERS = {"disruption", "access_type", "verdict", "reasons", "gap_s", "film", "last_frame", "run_folder"}


@dataclass(frozen=True, slots=True)
class Ran:
    """One ``run`` that is over."""

    status: int
    out: str
    err: str
    results: Path

    @property
    def runs(self) -> list[dict[str, Any]]:
        """The rows of the results file."""
        return list(json.loads(self.results.read_text())["runs"])

    def row(self, disruption: str) -> dict[str, Any]:
        """The first row of a disruption."""
        return next(row for row in self.runs if row["disruption"] == disruption)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """Two scenarios at the same time: the recorder at the service, and on the instance."""
    folder = tmp_path_factory.mktemp("terminal")
    wanted = {
        "default": [
            "--disruption",
            "os-reboot",
            "--disruption",
            "control-none",
            "--disruption",
            "stop-skip-os-shutdown",
        ],
        "recorder-on-instance": ["--disruption", "ec2-stop"],
    }
    started = {}
    for scenario, disruptions in wanted.items():
        results = folder / scenario / "results" / "r.json"
        arguments: list[str | Path] = [
            "run",
            *disruptions,
            "--scenario",
            one_machine(folder, scenario),
            "--json",
            results,
            "--no-screenshots",
        ]
        arguments += ["--out", folder / scenario / "out", "--language", "en"]
        process = start(arguments, python=["-X", "dev", "-W", "error"], environ={"PYTHONMALLOC": "debug"})
        started[scenario] = (process, results)
    return {scenario: Ran(*finish(process), results) for scenario, (process, results) in started.items()}


def test_that_the_results_file_has_the_agreed_shape_with_paths_relative_to_it(ran: dict[str, Ran]) -> None:
    done = ran["default"]
    assert [row["disruption"] for row in done.runs] == ["os-reboot", "control-none", "stop-skip-os-shutdown"]
    for row in done.runs:
        assert set(row) >= RESULT_MEMBERS
        assert row["access_type"] == "Standard"
        assert not any(Path(row[name]).is_absolute() for name in ("film", "last_frame", "run_folder"))
        here = done.results.parent
        assert (here / row["film"]).stat().st_size > 0
        assert (here / row["last_frame"]).read_bytes().startswith(b"\x89PNG")
        assert pack.verify(here / row["run_folder"]) == []


def test_that_a_reboot_and_its_control_pass_and_show_their_numbers(ran: dict[str, Ran]) -> None:
    done = ran["default"]
    for disruption in ("os-reboot", "control-none"):
        row = done.row(disruption)
        assert (row["verdict"], row["reasons"]) == ("pass", []), done.out
        assert row["gap_low_s"] <= row["gap_s"] <= row["gap_high_s"]
    assert "OS reboot × Standard: PASS" in done.out


@pytest.mark.case("R18")
def test_that_every_verdict_holds_when_it_is_judged_again_from_its_journal(ran: dict[str, Ran], here: Here) -> None:
    for done in ran.values():
        for row in done.runs:
            status, out, err = here(["judge", done.results.parent / row["run_folder"], "--json"])
            assert (status, err) == (0, "")
            found = json.loads(out)
            assert (found["verdict"], found["written"], found["holds"]) == (row["verdict"], row["verdict"], True)
            assert found["lacking"] == []


def test_that_a_power_cut_ends_on_the_desktop_and_a_reboot_on_its_own_screen(ran: dict[str, Ran]) -> None:
    def tail(disruption: str) -> str:
        here = ran["default"].results.parent
        lines = (here / ran["default"].row(disruption)["run_folder"] / "journal.jsonl").read_text().splitlines()
        events = [json.loads(line)["event"] for line in lines]
        facts = next(event["facts"] for event in events if event["event"] == "FilmInspected")
        return str(facts["tail"]["tail_class"])

    assert tail("stop-skip-os-shutdown") == tail("control-none") == "content"
    assert tail("os-reboot") != "content"


def test_that_the_exit_status_is_zero_only_when_every_run_ended_as_expected(ran: dict[str, Ran]) -> None:
    for done in ran.values():
        expected = all(row["verdict"] == "pass" for row in done.runs)
        assert done.status == (0 if expected else 1), done.out


def test_that_a_recorder_on_the_instance_fails_with_the_reason(ran: dict[str, Ran]) -> None:
    done = ran["recorder-on-instance"]
    row = done.row("ec2-stop")
    assert (done.status, row["verdict"], row["film"], row["last_frame"], row["gap_s"]) == (1, "fail", None, None, None)
    assert any("No recording arrived" in reason for reason in row["reasons"])
    assert "EC2 stop × Standard: FAIL" in done.out


def test_that_nothing_is_written_to_standard_error_under_development_mode(ran: dict[str, Ran]) -> None:
    for done in ran.values():
        # asyncio's development mode tells of slow steps; how slow is a matter of the machine and of `make bench`.
        assert [line for line in done.err.splitlines() if not line.startswith("Executing <")] == []


class _Sources(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("src", "href") and value]


def test_that_every_link_of_the_matrix_report_leads_to_a_file(ran: dict[str, Ran]) -> None:
    report = ran["default"].results.parent.parent / "out" / "report.html"
    page = _Sources()
    page.feed(report.read_text())
    assert page.found
    assert [link for link in page.found if not (report.parent / link).exists()] == []


# -- inspect -------------------------------------------------------------------


def test_that_inspect_says_what_a_film_is_and_saves_its_last_frame(ran: dict[str, Ran], tmp_path: Path) -> None:
    done = ran["default"]
    film = done.results.parent / done.row("os-reboot")["film"]
    picture = tmp_path / "end.png"
    status, out, err = command(["inspect", film, "--json", "--last-frame", picture])
    facts = json.loads(out)
    assert (status, err) == (0, "")
    assert (facts["width"], facts["height"], facts["codec"]) == (1280, 720, "h264")
    assert (facts["decodable"], facts["truncated"]) == (True, False)
    assert facts["frame_count"] > 5
    assert 0 < facts["last_frame_pts_s"] <= facts["duration_s"]
    saved = done.results.parent / done.row("os-reboot")["last_frame"]
    assert picture.read_bytes() == saved.read_bytes()


@pytest.mark.parametrize("content", [b"", b"this is no film" * 100], ids=["zero bytes", "text"])
def test_that_inspect_refuses_what_is_no_film_with_a_reason(tmp_path: Path, here: Here, content: bytes) -> None:
    target = tmp_path / "x.mp4"
    target.write_bytes(content)
    status, out, err = here(["inspect", target, "--json"])
    facts = json.loads(out)
    assert (status, facts["decodable"], err) == (1, False, "")
    assert len(facts["reason"]) > 10
    assert facts["bytes_read"] <= len(content)


@pytest.mark.parametrize("target", ["missing.mp4", ".", "s3://", "s3://bucket"])
def test_that_inspect_names_a_target_that_cannot_be_read(tmp_path: Path, here: Here, target: str) -> None:
    named = target if target.startswith("s3") else str(tmp_path / target)
    status, out, err = here(["inspect", named])
    assert status in (1, 2)
    assert "Traceback" not in out + err
    assert named in out + err


# -- the lab alone -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Served:
    """``main.py lab`` under way and what it exports."""

    process: subprocess.Popen[str]
    exports: dict[str, str]


@pytest.fixture
def served() -> Iterator[Served]:
    process = start(["lab"])
    assert process.stdout is not None
    try:
        lines = lines_until(process.stdout, "export RDPGUI_LAB_TOKEN=")
        exports = dict(line.removeprefix("export ").split("=", 1) for line in lines)
        yield Served(process, exports)
    finally:
        process.kill()
        process.communicate()


def test_that_other_clients_can_use_what_the_lab_exports_and_a_signal_ends_it(
    served: Served, ran: dict[str, Ran]
) -> None:
    exports = served.exports
    assert set(exports) >= {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"}
    assert exports["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    below = descendants(served.process.pid)
    assert any("rdpgui.lab" in command_of(pid) for pid in below)
    assert not any(exports["AWS_SECRET_ACCESS_KEY"] in command_of(pid) for pid in below)
    _aws_cli_lists_the_fleet(exports)
    _inspect_reads_s3(exports, ran["default"].results.parent / ran["default"].row("os-reboot")["film"])
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(limit_s(20)) == 0
    wait_for(lambda: not any(is_alive(pid) for pid in below))


def _inspect_reads_s3(exports: dict[str, str], film: Path) -> None:
    s3 = boto3.client(
        "s3",
        endpoint_url=exports["AWS_ENDPOINT_URL"],
        aws_access_key_id=exports["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=exports["AWS_SECRET_ACCESS_KEY"],
        region_name=exports["AWS_REGION"],
    )
    s3.create_bucket(Bucket="films-of-others")
    s3.put_object(Bucket="films-of-others", Key="a b/film ä.mp4", Body=film.read_bytes())
    s3.close()
    here = json.loads(command(["inspect", film, "--json"])[1])
    there = ["--endpoint-url", exports["AWS_ENDPOINT_URL"]]
    status, out, err = command(["inspect", "s3://films-of-others/a b/film ä.mp4", "--json", *there], environ=exports)
    assert (status, err) == (0, "")
    facts = json.loads(out)
    # Pictures are compared one by one, and the taskbar's clock is read, only where the bytes are at hand.
    assert (facts["watched"], here["watched"]) == (False, True)
    other: dict[str, object] = {
        "bytes_read": 0,
        "watched": None,
        "idle": [],
        "clock": None,
        "frozen": [],
        "black": [],
        "duplicate": [],
        "spoiled": [],
    }
    assert {**facts, **other} == {**here, **other}
    status, _out, err = command(["inspect", "s3://no-such-bucket/film.mp4", *there], environ=exports)
    assert status == 2
    assert "no-such-bucket" in err
    assert "Traceback" not in err


def _aws_cli_lists_the_fleet(exports: dict[str, str]) -> None:
    cli = shutil.which("aws")
    if cli is None or subprocess.run([cli, "--version"], capture_output=True, check=False).returncode != 0:
        return
    asked = [cli, "ec2", "describe-instances", "--query", "Reservations[].Instances[].InstanceId", "--output", "json"]
    answer = subprocess.run(
        asked, env=environment(exports), capture_output=True, text=True, timeout=limit_s(60), check=False
    )
    assert answer.returncode == 0, answer.stderr
    fleet = json.loads((resources() / "lab" / "default.json").read_text(encoding="utf-8"))["fleet"]
    assert len(json.loads(answer.stdout)) == len(fleet)


def test_that_ctrl_c_ends_the_lab_without_a_traceback(served: Served) -> None:
    below = descendants(served.process.pid)
    served.process.send_signal(signal.SIGINT)
    _out, err = served.process.communicate(timeout=limit_s(20))
    assert "Traceback" not in err
    wait_for(lambda: not any(is_alive(pid) for pid in below))


def test_that_a_taken_port_is_named_with_a_remedy() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        status, out, err = command(["lab", "--port", str(port)])
    assert (status, out) == (2, "")
    assert str(port) in err
    assert "Choose another port" in err
    assert "Traceback" not in err, err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["lab", "--scenario", "no-such"], "no-such"),
        (["run", "--matrix", "--scenario", "no-such", "--no-screenshots"], "no-such"),
        (["run", "--matrix", "--out", "/proc/rdpgui", "--no-screenshots"], "/proc/rdpgui"),
    ],
)
def test_that_a_command_that_cannot_begin_says_why(here: Here, arguments: list[str], named: str) -> None:
    status, _out, err = here(arguments)
    assert status == 2
    assert named in err
    assert "Traceback" not in err
