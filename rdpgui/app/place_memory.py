"""What this program remembers of profiles: when each was used last, and whose account it led to. Never a key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rdpgui.app.paths import make_private
from rdpgui.app.storage_errors import storage_error
from rdpgui.core.access import CredentialKind
from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.moments import moment_of
from rdpgui.files import write_whole

_OF_NO_PROFILE = frozenset({CredentialKind.ENVIRONMENT, CredentialKind.CONTAINER, CredentialKind.INSTANCE})
"""What signs in place of a profile: the account it leads to says nothing of the profile that is named."""

KEPT = 200
"""Profiles that are remembered; those that were not used for longest are forgotten."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """One profile: ``account``: alias or id."""

    account: str
    used_at: datetime


def read_places(path: Path) -> Mapping[str, Remembered]:
    """Return what is remembered; a file that is not there or not ours remembers nothing."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(name): Remembered(str(line["account"]), moment_of(str(line["used_at"]))) for name, line in raw.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def remember(path: Path, who: IdentityObserved) -> None:
    """Keep that a profile was used, and which account it led to (0600, atomically).

    Nothing is kept where something else than the profile signs.

    Raises:
        StorageFull, StorageError: it cannot be written.
    """
    if who.access is not None and who.access.kind in _OF_NO_PROFILE:
        return
    alias = who.access.alias if who.access is not None else ""
    known = {**read_places(path), who.profile or "default": Remembered(alias or who.account_id, who.at)}
    newest = sorted(known.items(), key=_used, reverse=True)[:KEPT]
    lines = {name: {"account": line.account, "used_at": line.used_at.isoformat()} for name, line in newest}
    make_private(path.parent)
    try:
        write_whole(path, (json.dumps(lines, indent=1, ensure_ascii=False) + "\n").encode(errors="backslashreplace"))
    except OSError as error:
        raise storage_error(error, path) from error


def _used(item: tuple[str, Remembered]) -> datetime:
    return item[1].used_at
