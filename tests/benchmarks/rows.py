"""What a benchmark gives back: rows of one table."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

_HEADS = ("what", "unit", "min", "median", "max", "n", "baseline", "ratio", "target", "", "load")


def load() -> float:
    """Return how busy the machine is: runnable processes over the last minute; NaN where nobody counts them."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing.

    Attributes:
        values: all measurements, in ``unit``.
        baseline: what the same run measured for comparison, in ``unit``, and its name.
        ratio: ours over the baseline, in ``unit``.
        target: the target in words.
        met: None when there is no target, or when what it compares with is missing.
        missing: peers that are not on this machine: what the row does not say.
        notes: what a reader should know, printed below the table.
        load: of the machine when the row was made: figures of a busy machine are no verdict.
    """

    what: str
    unit: str
    values: tuple[float, ...]
    baseline: tuple[str, float] | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    load: float = field(default_factory=load)


def most(values: Sequence[float], limit: float) -> bool:
    """Whether no value is above the limit."""
    return bool(values) and max(values) <= limit


def middle(values: Sequence[float]) -> float:
    """Return the median, NaN of nothing."""
    return statistics.median(values) if values else float("nan")


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value that ``part`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else float("nan")


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _cells(row: Row) -> tuple[str, ...]:
    values = row.values
    spread = [_number(v) for v in (min(values), middle(values), max(values))] if values else ["–"] * 3
    return (
        row.what,
        row.unit,
        *spread,
        str(len(values)),
        f"{row.baseline[0]} {_number(row.baseline[1])}" if row.baseline else "missing" if row.missing else "",
        f"{row.ratio:.2f}" if row.ratio is not None else "",
        row.target,
        {True: "hit", False: "MISS", None: ""}[row.met],
        f"{row.load:.1f}",
    )


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text, their notes below."""
    lines = [_HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    text.insert(1, "-" * len(text[0]))
    said = [(row, f"not beside {peer}, which is not on this machine") for row in rows for peer in row.missing]
    said += [(row, note) for row in rows for note in row.notes]
    notes = [f"  {row.what}: {note}" for row, note in said]
    return "\n".join([*text, *(["", "notes", *notes] if notes else [])])
