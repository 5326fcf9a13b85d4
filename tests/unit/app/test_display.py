"""Displays that are named but dead, or lack a library: found out before Qt ends the process for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLibraryInfo

from rdpgui.app import cli, display, headless
from rdpgui.app.run_options import Options
from rdpgui.core.errors import SettingsError
from rdpgui.i18n import fill

pytestmark = [
    pytest.mark.case("L7"),
    pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="displays of X11 and Wayland"),
]
ROOT = Path(__file__).resolve().parents[3]
PLUGINS = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
DEAD_X11 = {"DISPLAY": ":7777"}


def _why(environ: dict[str, str]) -> str | None:
    found = display.why_no_window(environ)
    return None if found is None else fill(found.template, found.fields)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without any display: libxcb reads the process's own."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM", "QT_QPA_PLATFORM_PLUGIN_PATH"):
        monkeypatch.delenv(name, raising=False)


def test_that_without_a_display_there_is_no_window() -> None:
    assert _why({}) == "There is no display."


def test_that_a_dead_x11_display_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(*next(iter(DEAD_X11.items())))
    assert _why(DEAD_X11) == "The display :7777 cannot be reached."


def test_that_a_dead_wayland_display_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_plugin", lambda _name: None)  # whatever this machine's libraries are
    assert _why({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(tmp_path)}) == (
        "The display wayland-9 cannot be reached."
    )


@pytest.fixture
def compositor(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A socket that a compositor would listen on."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "wayland-0"))
        listener.listen()
        yield {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}


def test_that_one_live_display_of_two_is_enough(compositor: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_plugin", lambda _name: None)  # whatever this machine's libraries are
    monkeypatch.setenv("DISPLAY", ":7777")
    assert _why({**DEAD_X11, **compositor}) is None


def test_that_wayland_without_its_part_of_qt_is_named(
    compositor: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", str(tmp_path))
    assert _why(compositor) == "Qt has no platform wayland."


def test_that_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Qt's part for X11, asking for a library that no machine has.
    built = (PLUGINS / "libqxcb.so").read_bytes()
    (tmp_path / "libqxcb.so").write_bytes(built.replace(b"libQt6XcbQpa.so.6\0", b"libQt6Absent.so.6\0"))
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", str(tmp_path))
    assert _why(DEAD_X11) == "A window on this display needs the system library libQt6Absent.so.6."


@pytest.mark.parametrize("chosen", ["xcb", "wayland", "nonsense", "nonsense;xcb", "nonsense:size=1x1"])
def test_that_a_platform_chosen_by_hand_that_cannot_be_used_is_refused(chosen: str) -> None:
    with pytest.raises(SettingsError) as raised:
        display.why_no_window({"QT_QPA_PLATFORM": chosen})
    assert f"QT_QPA_PLATFORM={chosen}" in raised.value.text()


@pytest.mark.parametrize("chosen", ["offscreen", "offscreen:configfile=x", "nonsense;offscreen", "minimal"])
def test_that_a_platform_chosen_by_hand_that_can_be_used_is_taken(chosen: str) -> None:
    assert _why({"QT_QPA_PLATFORM": chosen}) is None


def test_that_a_display_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    connecting = threading.Event()
    monkeypatch.setattr(display, "CONNECT_LIMIT_S", 0.01)
    monkeypatch.setattr(display, "_plugin", lambda _name: None)
    monkeypatch.setattr(display, "_x11", connecting.wait)
    try:
        assert _why({"DISPLAY": "far:0"}) == "The display far:0 cannot be reached."
    finally:
        connecting.set()


def test_that_on_a_dead_display_the_matrix_runs_on_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    begun: list[Options] = []

    def begin(options: Options) -> int:
        begun.append(options)
        return 0

    monkeypatch.setattr(headless, "main", begin)
    monkeypatch.setenv("DISPLAY", ":7777")
    monkeypatch.setenv("LANGUAGE", "en")
    assert cli.main(["--data-dir", str(tmp_path)]) == 0
    assert len(begun) == 1
    assert capsys.readouterr().out == (
        "The display :7777 cannot be reached. The experiment matrix runs on the lab here, without a window.\n"
    )


def test_that_what_cannot_even_draw_is_one_sentence(tmp_path: Path) -> None:
    # A Qt whose library is not there: the loader's own words.
    package = tmp_path / "PySide6"
    package.mkdir()
    (package / "__init__.py").write_text("")
    said = "libEGL.so.1: cannot open shared object file: No such file or directory"
    (package / "QtGui.py").write_text(f"raise ImportError({said!r})\n")
    for arguments in ([], ["run", "--matrix"], ["lab"]):
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), "--data-dir", str(tmp_path / "data"), *arguments],
            env={**os.environ, "PYTHONPATH": str(tmp_path), "LANGUAGE": "en"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("A system library is missing: libEGL.so.1.")
        assert len(done.stderr.splitlines()) == 1
