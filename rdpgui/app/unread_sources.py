"""Keeps PySide6 from reading the source text of every module that is imported after it."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_USING_QT = frozenset({"rdpgui", "PySide6", "qasync", "__main__", "tests"})


def leave_sources_unread() -> None:
    """Import PySide6's core, and tell it from then on by a module's name whether it uses Qt.

    To know where names like ``snake_case`` may be switched on it looks for its own name in the source of all modules,
    which takes a seventh of the window's start and keeps all of them in memory. Nothing here switches any.

    WORKAROUND https://code.qt.io/cgit/pyside/pyside-setup.git/tree/sources/shiboken6/shibokenmodule/files.dir/shibokensupport/feature.py
    until PySide6 no longer reads sources there. Where it works in another way nothing is changed.
    """
    import_module("PySide6.QtCore")
    feature: Any = sys.modules.get("shibokensupport.feature")
    if feature is not None and hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = _uses_qt


def _uses_qt(module: ModuleType) -> bool:
    return module.__name__.partition(".")[0] in _USING_QT
