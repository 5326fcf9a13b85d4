"""A terminal that cannot show it, has gone, or is full ends no run; a signal ends each in order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from rdpgui.core.journal import read_journal, rebuild
from rdpgui.core.run import RunStatus
from tests.e2e.conftest import Here
from tests.e2e.terminal import ROOT, command, environment, finish, one_machine, start
from tests.helpers.processes import descendants, is_alive
from tests.helpers.waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX terminals")
NO_HELP_OF_PYTHON = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
ONE_RUN = ["run", "--disruption", "control-none", "--no-screenshots"]
SHELL = '"$0" main.py "$@"'
AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Trouble:
    """A terminal and how the command is given to it; ``{}`` in the shell line is the command."""

    shell: str = "{}"
    environ: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    said: tuple[str, ...] = ()


TROUBLES = {
    "C, full": Trouble("{} >/dev/full", tuple(NO_HELP_OF_PYTHON.items()), said=("No space left on device",)),
    "ascii in Japanese, reader gone": Trouble(
        "{{ {}; echo status $? >&2; }} | head -n 1; exit 0",
        (("PYTHONIOENCODING", "ascii"),),
        "ja",
        ("cannot show the language ja", "Broken pipe"),
    ),
    "cp932 in Japanese, no input": Trouble("{} <&-", (("PYTHONIOENCODING", "cp932"),), "ja"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One run on a troubled terminal."""

    status: int
    out: bytes
    err: str
    results: Path


def _in_trouble(folder: Path, name: str) -> Told:
    trouble, results = TROUBLES[name], folder / name / "r.json"
    arguments = [*ONE_RUN, "--scenario", one_machine(folder), "--language", trouble.language]
    arguments += ["--out", folder / name / "out", "--json", results]
    done = subprocess.run(
        ["sh", "-c", trouble.shell.format(SHELL), sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env=environment(dict(trouble.environ)),
        capture_output=True,
        check=False,
    )
    return Told(done.returncode, done.stdout, done.stderr.decode(errors="replace"), results)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """One short run on each terminal."""
    folder = tmp_path_factory.mktemp("trouble")
    with ThreadPoolExecutor(AT_ONCE) as executor:
        going = {name: executor.submit(_in_trouble, folder, name) for name in TROUBLES}
        return {name: future.result() for name, future in going.items()}


@pytest.mark.case("R19")
@pytest.mark.parametrize("name", TROUBLES)
def test_that_a_run_goes_to_its_end_on_any_terminal_with_its_own_status(told: dict[str, Told], name: str) -> None:
    if name == "C, full" and not str(ROOT).isascii():
        pytest.skip("a locale that cannot spell the path to Qt: Qt finds none of its plugins there")
    done = told[name]
    assert "Traceback" not in done.err
    assert "Error" not in done.err
    (row,) = json.loads(done.results.read_text())["runs"]
    assert (row["verdict"], done.status) == ("pass", 0), done.err
    said = [line for line in done.err.splitlines() if not line.startswith("status")]
    assert [part in line for part, line in zip(TROUBLES[name].said, said, strict=True)] == [True] * len(said)
    if "reader gone" in name:
        assert "status 0" in done.err


@pytest.mark.case("R19")
def test_that_japanese_is_japanese_on_a_japanese_console(told: dict[str, Told]) -> None:
    text = told["cp932 in Japanese, no input"].out.decode("cp932")
    assert "?" not in text
    assert "件、" in text


@pytest.mark.case("R19", "L14")
def test_that_a_terminal_without_the_letters_is_spoken_to_in_english_and_papers_keep_the_language(
    told: dict[str, Told],
) -> None:
    done = told["ascii in Japanese, reader gone"]
    assert done.out.decode("ascii").splitlines()[0].startswith("rdpgui on the lab (LAB): ")
    pages = [done.results.parent / "out" / "report.html", *done.results.parent.glob("out/runs/*/report.html")]
    assert len(pages) == 2
    for page in pages:
        assert '<html lang="ja">' in page.read_text(encoding="utf-8")


# What the program says, on a console of each kind; a run would say the same and take its time.
SAID = "a – b × c … ±0.15 合格 \udcff"
ENCODED = {
    "ascii": (b"a - b x c ... +/-0.15 ?? \\udcff", b"Cafe 1"),
    "cp1252": ("a – b × c … ±0.15 ?? \\udcff".encode("cp1252"), "Café 1".encode("cp1252")),
    "cp932": ("a - b × c … ±0.15 合格 \\udcff".encode("cp932"), "Cafe １".encode("cp932")),
    "utf-8": ("a – b × c … ±0.15 合格 \\udcff".encode(), "Café １".encode()),
}


@pytest.mark.case("R19")
@pytest.mark.parametrize("encoding", ENCODED)
def test_that_what_a_terminal_lacks_is_replaced_by_the_nearest_that_it_has(encoding: str) -> None:
    says = f"terminal.begin(); terminal.say({SAID!a}); terminal.say({'Café １'!a}, error=True)"
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", f"from rdpgui.app import terminal; {says}"],
        cwd=ROOT,
        env=environment({**NO_HELP_OF_PYTHON, "PYTHONIOENCODING": encoding}),
        capture_output=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr.strip(), done.returncode) == (*ENCODED[encoding], 0)


@pytest.mark.case("R19")
@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ('"$0" main.py --help >/dev/full', 2, "No space left on device"),
        ('"$0" main.py --version >/dev/full', 2, "No space left on device"),
        ('"$0" main.py --help >&- 2>&-', 0, ""),
        ('{ "$0" main.py --help; echo "status $?" >&2; } | true', 0, "status 0"),
        ('{ "$0" main.py inspect no-film.mp4 --json; echo "status $?" >&2; } | true', 0, "status 2"),
    ],
)
def test_that_output_that_was_the_thing_itself_and_is_lost_shows_in_the_status(
    line: str, status: int, said: str
) -> None:
    done = subprocess.run(
        ["sh", "-c", line, sys.executable], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == bool(said)


@pytest.mark.case("R19")
def test_that_json_stays_json_on_a_terminal_without_its_letters(tmp_path: Path) -> None:
    film = tmp_path / "映画.mp4"
    film.write_bytes(b"no film")
    status, out, err = command(
        ["inspect", film, "--json"], environ={"PYTHONIOENCODING": "ascii", "LANG": "ja_JP.UTF-8"}
    )
    assert (status, err) == (1, "")
    assert json.loads(out)["decodable"] is False


# -- where the results go --------------------------------------------------------


def _place(folder: Path, kind: str) -> Path:
    place = folder / "place"
    match kind:
        case "device":
            return Path("/dev/full")
        case "link to a device":
            place.symlink_to("/dev/full")
        case "link":
            (folder / "elsewhere").write_text("theirs")
            place.symlink_to(folder / "elsewhere")
        case "folder":
            place.mkdir()
        case "pipe":
            os.mkfifo(place)
    return place


@pytest.mark.case("R12")
@pytest.mark.parametrize("kind", ["device", "link to a device", "link", "folder", "pipe"])
def test_that_a_place_that_is_no_ordinary_file_is_refused_before_anything_begins(
    tmp_path: Path, here: Here, kind: str
) -> None:
    place = _place(tmp_path, kind)
    before = place.lstat()
    status, out, err = here([*ONE_RUN, "--out", tmp_path / "out", "--json", place, "--language", "en"])
    assert (status, out) == (2, "")
    assert f"{place} is a" in err
    assert len(err.splitlines()) == 1
    assert place.lstat().st_ino == before.st_ino
    assert not (tmp_path / "out" / "runs").exists()


@pytest.mark.case("R12")
def test_that_a_picture_is_not_put_in_the_place_of_a_device(tmp_path: Path, here: Here) -> None:
    status, out, err = here(["inspect", tmp_path / "film.mp4", "--last-frame", "/dev/null"])
    assert (status, out) == (2, "")
    assert "/dev/null is a device" in err


# -- signals ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signalled:
    """A matrix that a signal ended in its first run."""

    status: int
    out: str
    err: str
    left: list[int]
    folder: Path


def _signalled(folder: Path, number: signal.Signals) -> Signalled:
    process = start(["run", "--matrix", "--scenario", one_machine(folder), "--out", folder / "out", "--language", "en"])
    assert process.stdout is not None
    for line in process.stdout:
        if "× Standard … i-" in line:
            break
    below = descendants(process.pid)
    process.send_signal(number)
    return Signalled(*finish(process), below, folder / "out")


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(scope="module")
def signalled(tmp_path_factory: pytest.TempPathFactory) -> dict[signal.Signals, Signalled]:
    """One matrix for each signal."""
    folder = tmp_path_factory.mktemp("signalled")
    with ThreadPoolExecutor(AT_ONCE) as executor:
        going = {number: executor.submit(_signalled, folder / number.name, number) for number in SIGNALS}
        return {number: future.result() for number, future in going.items()}


@pytest.mark.case("S4", "R8")
@pytest.mark.parametrize("number", SIGNALS)
def test_that_a_signal_ends_the_matrix_in_order_and_at_once(
    signalled: dict[signal.Signals, Signalled], number: signal.Signals
) -> None:
    ended = signalled[number]
    assert (ended.status, ended.err) == (128 + number, "")
    journals = list((ended.folder / "runs").glob("*/journal.jsonl"))
    made = len(journals)  # one, where the machine is not so busy that the signal came late
    assert f"\n{made} run{'s' * (made > 1)} in " in ended.out
    assert ended.out.count("(interrupted)") == 10 - made
    assert not (ended.folder / "screenshots").exists()  # what took twenty seconds
    for journal in journals:
        events, _end = read_journal(journal.read_text().splitlines())
        run = rebuild(events)
        assert run is not None
        assert (run.status, run.reason) in {(RunStatus.ABORTED, "interrupted"), (RunStatus.COMPLETED, "")}
    assert (ended.folder / "report.html").exists()
    wait_for(lambda: not any(is_alive(pid) for pid in ended.left))


@pytest.mark.case("R8")
def test_that_a_signal_before_the_first_run_is_one_sentence(tmp_path: Path) -> None:
    process = start([*ONE_RUN, "--out", tmp_path / "out", "--language", "en"])
    assert process.stdout is not None
    assert "LAB" in process.stdout.readline()
    wait_for(lambda: any(descendants(process.pid)))
    process.send_signal(signal.SIGTERM)
    status, out, err = finish(process)
    if "run in" not in out:  # on a fast machine the run may have begun
        assert "Interrupted before the first run." in out
    assert (status, err) == (128 + signal.SIGTERM, "")
