"""What lay in the bucket before a run: kept beside the journal when it is too long for a line of it.

The journal holds count and hash, the list is a file of the run's folder: one JSON pair of key and ETag a line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from rdpgui.core.errors import JournalDamaged
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_

OBJECTS_NAME = "objects-before.jsonl"
IN_LINE_BYTES = 400
"""A list that is not longer stays in the journal's line."""

STEP = 500
"""Pairs made in one go: a writer pauses between them."""

Pairs = tuple[tuple[str, str], ...]


def is_short(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether a list fits into its journal's line."""
    return sum(len(_line(pair)) + 1 for pair in islice(pairs, IN_LINE_BYTES)) <= IN_LINE_BYTES


def steps_of(pairs: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """Return the file of a list, some lines at a time."""
    rest = iter(pairs)
    while some := list(islice(rest, STEP)):
        yield "".join(f"{_line(pair)}\n" for pair in some).encode()


def _line(pair: tuple[str, str]) -> str:
    """Return a pair as JSON, in plain ASCII: so many bytes."""
    return json.dumps(pair, separators=(",", ":"))


def put_aside(run: RunState) -> bool:
    """Whether the run's list lies in its file and has not been read back yet."""
    baseline = run.baseline
    return baseline is not None and bool(baseline.objects_sha256) and not baseline.object_keys


def with_objects(run: RunState, data: bytes) -> RunState:
    """Return the run with its list of objects.

    Args:
        run: as its journal tells it.
        data: the bytes of ``OBJECTS_NAME``.

    Raises:
        JournalDamaged: it is not the list that the journal names.
    """
    baseline = run.baseline
    if baseline is None or hashlib.sha256(data).hexdigest() != baseline.objects_sha256:
        raise _damaged(N_("its list of the objects before the run was changed"))
    try:
        pairs = tuple(_pair(json.loads(line)) for line in data.decode().splitlines())
    except (ValueError, TypeError, RecursionError) as error:
        raise _damaged(N_("its list of the objects before the run was changed")) from error
    return replace(run, baseline=replace(baseline, object_keys=pairs))


def without_objects() -> JournalDamaged:
    """Return the error of a run whose list is missing."""
    return _damaged(N_("its list of the objects before the run is missing"))


def _pair(value: list[str]) -> tuple[str, str]:
    key, etag = value
    return str(key), str(etag)


def _damaged(reason: str) -> JournalDamaged:
    return JournalDamaged(
        N_("The journal cannot be trusted: {reason}."),
        N_("Take it from a backup or from the evidence pack."),
        reason=reason,
    )
