"""Is a usable libvlc on this machine? The only place that imports its binding."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from rdpgui.i18n import N_
from rdpgui.ui.player.backend import BackendMissing

ARGUMENTS = ("--no-audio", "--no-xlib", "--quiet", "--play-and-pause")
REMEDY = N_("Install VLC 3 (Debian: libvlc5 and vlc-plugin-base). Until then PyAV plays.")


def load_vlc() -> tuple[ModuleType, Any]:
    """Return the binding and a new libvlc instance (10-100 ms; call it from a worker).

    Raises:
        BackendMissing: no binding, no library, another version, or no plugins.
    """
    try:
        import vlc
    except (ImportError, OSError, NotImplementedError, SystemExit) as error:
        # A bad PYTHON_VLC_LIB_PATH ends the import by SystemExit; a missing library by NotImplementedError.
        reason = str(error) or type(error).__name__
        raise BackendMissing(N_("libvlc cannot be loaded: {detail}."), REMEDY, detail=reason.rstrip(".")) from error
    version = vlc.libvlc_get_version().decode("ascii", "replace")
    if not version.startswith("3."):
        raise BackendMissing(N_("libvlc {version} is another version than 3."), REMEDY, version=version)
    instance = vlc.Instance(*ARGUMENTS)
    if instance is None:
        raise BackendMissing(N_("libvlc {version} has no plugins."), REMEDY, version=version)
    return vlc, instance
