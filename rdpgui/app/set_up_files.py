"""Where the policies and the template are that a check of the preflight leads to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rdpgui.app.paths import resources
from rdpgui.core.preflight import PreflightCheck


def with_paths(checks: Iterable[PreflightCheck]) -> tuple[PreflightCheck, ...]:
    """Return the checks with the whole path of each file, in a checkout and installed alike."""
    root = resources()
    return tuple(replace(check, file=str(root / check.file)) if check.file else check for check in checks)
