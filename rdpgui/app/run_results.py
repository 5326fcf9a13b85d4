"""The results of ``rdpgui run`` for other programs."""

from __future__ import annotations

import json
import os
from pathlib import Path

from rdpgui.core.place import Place
from rdpgui.runner.matrix import Matrix, Row


def results_json(matrix: Matrix, place: Place, runs: Path, base: Path) -> str:
    """Return the results as JSON; paths are relative to ``base``. Each run names its place as its journal does."""
    found = [_result(row, runs, base) for row in matrix.rows]
    return json.dumps({**_where(place), "runs": found}, indent=2, ensure_ascii=False) + "\n"


def _where(place: Place | None) -> dict[str, str | None]:
    if place is None:
        return {"place": None, "scenario": None}
    return {"place": place.key, "scenario": place.scenario or None}


def _result(row: Row, runs: Path, base: Path) -> dict[str, object]:
    run = row.run
    folder = runs / row.plan.run_id
    saved = run.saved[-1].path if run and run.saved else ""
    still = next((i.last_frame for i in reversed(run.inspected) if i.last_frame), "") if run else ""
    verdict = run.verdict if run else None
    gap = verdict.gap if verdict else None
    return {
        "disruption": row.plan.disruption_id.value,
        "access_type": (run.access_type if run else row.plan.access_type).value,
        "planned_access_type": row.plan.access_type.value,
        **_where(run.place if run else None),
        "verdict": verdict.value.value if verdict else None,
        "reasons": [*(verdict.reasons if verdict else ()), *([row.error] if row.error else [])],
        "gap_s": round(gap.middle_s, 3) if gap else None,
        "gap_low_s": round(gap.low_s, 3) if gap else None,
        "gap_high_s": round(gap.high_s, 3) if gap else None,
        "painted_gap_s": verdict.painted_gap_s if verdict else None,
        "film": os.path.relpath(folder / saved, base) if saved else None,
        "last_frame": os.path.relpath(folder / still, base) if still else None,
        "run_folder": os.path.relpath(folder, base) if folder.is_dir() else None,
    }
