"""Which invented name stands for which real one, so that it is the same tomorrow. Only this user may read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from rdpgui.app.paths import make_private
from rdpgui.app.storage_errors import storage_error
from rdpgui.core.aliases import Named, Number
from rdpgui.files import write_whole


def read_aliases(path: Path) -> Mapping[str, Number]:
    """Return the table; a file that is not there or not ours knows nobody. Blocking."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): (Named(what), int(number)) for name, (what, number) in raw.items() if int(number) >= 0}
    except (OSError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}


def write_aliases(path: Path, numbers: Mapping[str, Number]) -> None:
    """Keep the table (0600, atomically). Blocking.

    Raises:
        StorageFull, StorageError: it cannot be written.
    """
    make_private(path.parent)
    try:
        lines = {name: [what.value, number] for name, (what, number) in numbers.items()}
        write_whole(path, (json.dumps(lines, indent=0, ensure_ascii=False) + "\n").encode(errors="backslashreplace"))
    except OSError as error:
        raise storage_error(error, path) from error
