"""The two commands' set-up: what the locks say is installed, whatever pip and the index are; apt is asked politely."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pip as pip_package
import pytest

ROOT = Path(__file__).resolve().parents[2]
SETUP = ROOT / "resources" / "setup"
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-reader.lock", "resources/setup/lock-tools.lock")
PLACE = "日本 語の 場所"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the set-up scripts are for Debian and Ubuntu")


def _pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~!; ]", requirement)[0]).lower()


@pytest.mark.case("S1")
@pytest.mark.parametrize("lock", LOCKS)
def test_that_a_lock_has_every_hash_and_names_no_index(lock: str) -> None:
    lines = [line for line in (ROOT / lock).read_text().splitlines() if line and not line.lstrip().startswith("#")]
    assert all(re.match(r"[A-Za-z0-9._-]+==\S+ \\$|    --hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in lines)
    assert not re.search(r"https?://|--index-url|--find-links|--trusted-host", (ROOT / lock).read_text())
    pinned = [i for i, line in enumerate(lines) if not line.startswith(" ")]
    assert pinned
    assert all(lines[i + 1].startswith("    --hash=") for i in pinned)


@pytest.mark.case("S1")
def test_that_the_locks_agree_and_hold_what_is_asked_for() -> None:
    run, dev = _pins("requirements.lock"), _pins("requirements-dev.lock")
    assert run.items() <= dev.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {_name(r) for r in project["dependencies"]} <= run.keys()
    assert {_name(r) for r in project["optional-dependencies"]["dev"]} <= dev.keys()


@pytest.mark.case("S1")
def test_that_nothing_is_installed_by_a_resolver() -> None:
    texts = [(ROOT / "Makefile").read_text(), (ROOT / ".ci" / "run").read_text()]
    texts += [path.read_text() for path in SETUP.iterdir()]
    commands = re.findall(r"pip[^\n]* install (?:[^\n\\]|\\\n|\\)*", "\n".join(texts))
    installs = [text for text in commands if "apt" not in text and "--quiet" in text]
    assert len(installs) >= 3
    assert [text for text in installs if not ("--no-deps" in text and "--require-hashes" in text)] == []


# -- the virtual environment, on a shelf of small packages ---------------------


def _wheel(shelf: Path, name: str, version: str, requires: str = "") -> str:
    """Put a package on the shelf and return its line in a lock."""
    path = shelf / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: extra\n"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": metadata + (f"Requires-Dist: {requires}\n" if requires else ""),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{file},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},"
        f"{len(text)}\n"
        for file, text in files.items()
    )
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in (files | {f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}).items():
            wheel.writestr(file, text)
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


QUICK_PYTHON = """#!/bin/sh
case "$*" in
    "-m venv --clear "*)
        '{python}' -m venv --without-pip --clear "$4" && ln -s {parts} "$4"/lib/python3*/site-packages/ ;;
    *) exec '{python}' "$@" ;;
esac
"""


class Shelf:
    """A project with two locks and an index of small packages, in a folder of spaces and Japanese."""

    def __init__(self, place: Path) -> None:
        self.project, self.index = place / PLACE, place / "the index"
        self.project.mkdir()
        self.index.mkdir()
        first = _wheel(self.index, "covered", "1.0")
        self.lock("requirements.lock", first)
        self.lock("requirements-dev.lock", first + _wheel(self.index, "covering", "1.0", "covered[extra]>=1"))
        _wheel(self.index, "covered", "2.0")  # the upload of tomorrow

    def lock(self, name: str, text: str) -> None:
        (self.project / name).write_text(text)

    def install(self, what: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.index.as_uri()}
        environment |= {"PYTHON": str(self._python()), "HOME": str(self.project)}
        return subprocess.run(
            [SETUP / "virtual-environment", what],
            cwd=self.project,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def _python(self) -> Path:
        """Return this interpreter, but for one thing: a new environment is given our pip instead of unpacking one."""
        made = self.project / "python"
        pip = Path(pip_package.__file__).parent
        parts = [pip, *pip.parent.glob("pip-*.dist-info")]
        made.write_text(QUICK_PYTHON.format(python=sys.executable, parts=" ".join(f"'{part}'" for part in parts)))
        made.chmod(0o755)
        return made

    def versions(self) -> dict[str, str]:
        found = self.project.glob(".venv/lib/python3*/site-packages/cover*.dist-info")
        return dict(path.name.removesuffix(".dist-info").split("-") for path in found)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """The locks installed; a system upgrade had left an environment whose Python is gone."""
    found = Shelf(tmp_path_factory.mktemp("shelf"))
    python = found.project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/no/such/python")
    done = found.install("dev")
    assert done.returncode == 0, done.stderr
    yield found


@pytest.mark.case("S1")
def test_that_a_newer_upload_changes_nothing(shelf: Shelf) -> None:
    assert shelf.versions() == {"covered": "1.0", "covering": "1.0"}


@pytest.mark.case("S1")
def test_that_what_is_there_is_not_installed_again_and_development_serves_to_run(shelf: Shelf) -> None:
    stamp = shelf.project / ".venv" / ".installed"
    before = stamp.stat().st_mtime_ns
    assert [shelf.install(what).stdout for what in ("dev", "run", "dev")] == ["", "", ""]
    assert stamp.stat().st_mtime_ns == before


@pytest.mark.case("S2")
def test_that_of_two_installs_at_once_the_second_waits_and_finds_everything_done(shelf: Shelf) -> None:
    (shelf.project / ".venv" / ".installed").unlink()
    with ThreadPoolExecutor(2) as executor:
        done = list(executor.map(shelf.install, ("dev", "dev")))
    assert [item.returncode for item in done] == [0, 0], [item.stderr for item in done]
    assert sum("Installing" in item.stdout for item in done) == 1 + (shutil.which("flock") is None)


@pytest.mark.case("S1")
def test_that_packages_that_do_not_fit_each_other_and_changed_bytes_are_refused(shelf: Shelf) -> None:
    good = (shelf.project / "requirements-dev.lock").read_text()
    try:
        shelf.lock("requirements-dev.lock", good + _wheel(shelf.index, "coverless", "1.0", "covered>=2"))
        unfit = shelf.install("dev")
        assert unfit.returncode == 1
        assert "coverless 1.0 has requirement covered>=2" in unfit.stderr
        shelf.lock("requirements-dev.lock", re.sub(r"sha256:..", "sha256:00", good))
        changed = shelf.install("dev")
        assert changed.returncode == 1
        assert "HASHES" in changed.stderr
    finally:
        shelf.lock("requirements-dev.lock", good)


def test_that_the_reader_is_taken_without_what_it_asks_for_and_that_its_absence_is_said_once(shelf: Shelf) -> None:
    reader, stamp = shelf.project / "requirements-reader.lock", shelf.project / ".venv" / ".installed"
    line = _wheel(shelf.index, "coverread", "1.0", "heavy>=1")
    try:
        shelf.lock(reader.name, line.replace("sha256:", "sha256:00"))
        missing, again = shelf.install("run"), shelf.install("run")
        assert (missing.returncode, again.returncode, again.stdout) == (0, 0, "")
        assert "Everything else works" in missing.stdout
        assert "coverread" not in shelf.versions()
        shelf.lock(reader.name, line)
        assert shelf.install("run").returncode == 0
        assert shelf.versions()["coverread"] == "1.0"
        stamp.unlink()  # the packages are checked again, with the reader there
        assert shelf.install("dev").returncode == 0
    finally:
        reader.unlink()


# -- system packages, with a package manager of our own ------------------------

APT = """#!/bin/sh
echo "$*" >>"$STATE/asked"
case "$*" in
    *update*) exit 0 ;;
esac
if [ -f "$STATE/locked" ]; then
    [ "$(grep -c install "$STATE/asked")" -lt 2 ] || rm "$STATE/locked"
    echo "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1 (apt-get)" >&2
    exit 100
fi
for package in "$@"; do touch "$STATE/$package"; done
"""
TOOLS = {
    "apt-get": APT,
    "apt-cache": "#!/bin/sh\nexit 1\n",
    "dpkg-query": '#!/bin/sh\nfor last; do :; done\n[ -f "$STATE/$last" ] && echo installed\n',
    "id": '#!/bin/sh\necho "$WHO"\n',
    "sudo": "#!/bin/sh\nexit 1\n",
    "sleep": "#!/bin/sh\nexit 0\n",
}
NEEDED = ["libgl1", "libegl1", "libxkbcommon0", "libfontconfig1", "libdbus-1-3", "libglib2.0-0"]


class Machine:
    """A Debian without anything, as far as the script can see."""

    def __init__(self, place: Path) -> None:
        self.state, self.tools = place / "state", place / "tools"
        self.state.mkdir()
        self.tools.mkdir()
        for name, text in TOOLS.items():
            (self.tools / name).write_text(text)
            (self.tools / name).chmod(0o755)

    def has(self, *packages: str) -> None:
        for package in packages:
            (self.state / package).touch()

    def asked(self) -> list[str]:
        return [line for line in (self.state / "asked").read_text().splitlines() if "install" in line]

    def run(self, *, user: int) -> subprocess.CompletedProcess[str]:
        path = f"{self.tools}{os.pathsep}{os.environ['PATH']}"
        environment = os.environ | {"PATH": path, "STATE": str(self.state), "WHO": str(user)}
        script = [SETUP / "system-packages"]
        return subprocess.run(script, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    if shutil.which("sh") is None:
        pytest.skip("no shell")
    return Machine(tmp_path)


@pytest.mark.case("S2")
def test_that_another_program_at_work_with_packages_is_waited_for(machine: Machine) -> None:
    machine.has("locked")
    done = machine.run(user=0)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("Another program is installing packages") == 1
    assert len(machine.asked()) == 3
    assert all("DPkg::Lock::Timeout=" in line for line in machine.asked())


@pytest.mark.case("S3")
def test_that_without_root_what_is_needed_is_told_from_what_only_improves(machine: Machine) -> None:
    done = machine.run(user=1000)
    assert done.returncode == 1
    line = next(line for line in done.stderr.splitlines() if "apt-get install" in line)
    assert set(NEEDED) <= set(line.split())
    assert "vlc" not in line
    assert "sudo" not in done.stderr
    assert re.search(r"Not needed, but better .*libvlc5", done.stderr)


@pytest.mark.case("S3")
def test_that_without_root_and_without_vlc_it_goes_on(machine: Machine) -> None:
    machine.has(*NEEDED)
    done = machine.run(user=1000)
    assert done.returncode == 0
    assert re.search(r"A window on X11 needs: libxcb-cursor0 .*on the terminal", done.stderr)
    assert re.search(r"Not needed, but better .*libvlc5", done.stderr)


@pytest.mark.case("S3")
def test_that_nothing_is_said_where_nothing_is_missing(machine: Machine) -> None:
    first = machine.run(user=0)
    assert first.returncode == 0
    for user in (0, 1000):
        again = machine.run(user=user)
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert len(machine.asked()) == 1
