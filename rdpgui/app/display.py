"""Whether a window can be opened here, found out before Qt is asked: Qt ends the process when it cannot.

A display that is named in the environment may be dead or refuse us, and Qt's own part for it may lack a system library.
Loading that part and connecting is what Qt does a moment later anyway, so looking costs next to nothing.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from rdpgui.core.errors import SettingsError
from rdpgui.core.texts import N_

CONNECT_LIMIT_S = 5.0
"""For a display on another machine that does not answer; one on this machine answers at once or not at all."""
PROBE_LIMIT_S = 20.0
_NEVER_FAIL = frozenset({"offscreen", "minimal"})
_MISSING = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object")
_PROBE = "from PySide6.QtGui import QGuiApplication; QGuiApplication(['probe'])"


class NoWindow(NamedTuple):
    """Why no window can be opened.

    Attributes:
        template: a sentence, an English message id. fields: its values.
    """

    template: str
    fields: Mapping[str, str] = MappingProxyType({})


def why_no_window(environ: Mapping[str, str]) -> NoWindow | None:
    """Return why no window can be opened, None when one can.

    Raises:
        SettingsError: ``QT_QPA_PLATFORM`` was set by hand to something that cannot be used, or nothing can be drawn.
    """
    if sys.platform in ("win32", "darwin"):
        return None
    require_toolkit()
    chosen = environ.get("QT_QPA_PLATFORM", "")
    if chosen:
        _check_chosen(chosen, environ)
        return None
    reasons = list(_reasons(environ))
    if None in reasons:
        return None
    return next((reason for reason in reasons if reason), NoWindow(N_("There is no display.")))


def _reasons(environ: Mapping[str, str]) -> Iterator[NoWindow | None]:
    """Yield for each display that the environment names why it cannot be used, None for one that can."""
    if environ.get("DISPLAY"):
        yield _why_not("xcb", environ)
    if environ.get("WAYLAND_DISPLAY"):
        yield _why_not("wayland", environ)


def _check_chosen(chosen: str, environ: Mapping[str, str]) -> None:
    """Refuse what Qt would end the process for. Qt takes the first of a list that can be used."""
    reason = None
    for name in (part.partition(":")[0] for part in chosen.split(";")):
        reason = _why_not(name, environ)
        if reason is None:
            return
    told = reason or NoWindow(N_("There is no display."))
    remedy = N_("Unset QT_QPA_PLATFORM, or set it to what this machine has (QT_QPA_PLATFORM={chosen}).")
    raise SettingsError(told.template, remedy, **told.fields, chosen=chosen)


def require_toolkit() -> None:
    """Import what draws, also without a window: the lab's machines, and pictures.

    Raises:
        SettingsError: a system library is missing.
    """
    try:
        import PySide6.QtGui  # noqa: F401
    except ImportError as error:
        found = _MISSING.search(str(error))
        if found is None:
            raise
        raise SettingsError(
            N_("A system library is missing: {library}."),
            N_("Run make run as root once, or install it by your system's means."),
            library=found[1],
        ) from error


def _why_not(name: str, environ: Mapping[str, str]) -> NoWindow | None:
    """Return why one of Qt's platforms cannot be used, None when it can."""
    if name in _NEVER_FAIL:
        return None
    missing = _plugin(name)
    if missing is not None:
        return missing
    if name == "xcb":
        return None if _in_time(_x11) else _unreachable(environ.get("DISPLAY", ""))
    if name.startswith("wayland"):
        return None if _in_time(partial(_wayland, environ)) else _unreachable(environ.get("WAYLAND_DISPLAY", ""))
    return _tried(name)


def _unreachable(display: str) -> NoWindow:
    return NoWindow(N_("The display {display} cannot be reached."), {"display": display or "–"})


def _plugin(name: str) -> NoWindow | None:
    """Load Qt's part for a platform; Qt finds it loaded."""
    from PySide6.QtCore import QLibraryInfo, QPluginLoader

    own = os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH")
    folder = Path(own) if own else Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    file = folder / f"libq{name}.so"
    if not file.exists():
        file = next((path for path in sorted(folder.glob("libq*.so")) if name in _keys(str(path))), file)
    if not file.exists():
        return NoWindow(N_("Qt has no platform {name}."), {"name": name})
    loader = QPluginLoader(str(file))
    if loader.load():
        return None
    found = _MISSING.search(loader.errorString())
    library = found[1] if found else loader.errorString()
    return NoWindow(N_("A window on this display needs the system library {library}."), {"library": library})


def _keys(plugin: str) -> list[str]:
    """Return the names that a part of Qt answers to."""
    from PySide6.QtCore import QPluginLoader

    described: dict[str, Any] = QPluginLoader(plugin).metaData()
    return list(described.get("MetaData", {}).get("Keys", []))


def _x11() -> bool:
    """Connect as Qt does, with the same authority file. Source: xcb.h, ``xcb_connect``."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)


def _wayland(environ: Mapping[str, str]) -> bool:
    """Connect to the compositor's socket. Source: wayland-client-core.h, ``wl_display_connect``."""
    if sys.platform == "win32":
        return False
    if environ.get("WAYLAND_SOCKET"):
        return True  # an open connection that was given to us; trying it would use it up
    path = Path(environ.get("XDG_RUNTIME_DIR", "")) / (environ.get("WAYLAND_DISPLAY") or "wayland-0")
    if not path.is_absolute():
        return False
    import socket  # only here: the first picture waits for whatever stands at the top

    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
    except OSError:
        return False
    return True


class _Attempt(threading.Thread):
    """One connect that may never come back."""

    def __init__(self, connect: Callable[[], bool]) -> None:
        super().__init__(name="display", daemon=True)
        self._connect = connect
        self.connected = False

    def run(self) -> None:
        """Connect."""
        self.connected = self._connect()


def _in_time(connect: Callable[[], bool]) -> bool:
    attempt = _Attempt(connect)
    attempt.start()
    attempt.join(CONNECT_LIMIT_S)
    return attempt.connected


def _tried(name: str) -> NoWindow | None:
    """Try a rare platform (a frame buffer, VNC …) in a process of its own, which may end as it likes."""
    import subprocess  # only here, as above

    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE_LIMIT_S,
            check=False,
        )
        failed = done.returncode != 0
    except subprocess.TimeoutExpired:
        failed = True
    return NoWindow(N_("Qt's platform {name} does not start here."), {"name": name}) if failed else None
