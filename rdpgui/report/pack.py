"""The evidence folder of a run: facts as JSON, the report, and a manifest of hashes over everything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from rdpgui.core.film import FilmFacts
from rdpgui.core.state import RunState
from rdpgui.report.model import REPORT_NAME, clock

MANIFEST = "manifest.sha256"
FACTS = "facts.json"
_BLOCK_BYTES = 1 << 20
_HALF_WRITTEN = (".part", ".parts.json", ".parts.json.new")
"""Endings of what is still being written, or was and will be removed: no evidence."""


def facts_json(run: RunState) -> str:
    """Return the facts of the run's film and verdict as JSON."""
    facts = next((i.facts for i in reversed(run.inspected) if i.facts is not None), None)
    verdict = run.verdict
    document = {
        "run_id": run.run_id,
        "disruption": run.plan.disruption_id.value,
        "access_type": run.access_type.value,
        "planned_access_type": run.plan.access_type.value,
        "instance_id": run.plan.instance_id,
        "lab": run.plan.lab,
        "place": run.place.key if run.place is not None else None,
        "scenario": run.place.scenario or None if run.place is not None else None,
        "status": run.status.value,
        "reason": run.reason,
        "verdict": verdict.value.value if verdict else None,
        "checks": [
            {"check": c.check_id.value, "result": c.result.value, "reason": c.text(), "cause": c.cause}
            for c in (verdict.checks if verdict else ())
        ],
        "gap_s": {"low": verdict.gap.low_s, "high": verdict.gap.high_s} if verdict and verdict.gap else None,
        "painted_gap_s": verdict.painted_gap_s if verdict else None,
        "film": _film(facts),
        "sha256": [saved.sha256 for saved in run.saved],
        "ended": clock(run.ended_at),
        "said": {"tester": run.remark.tester, "ticket": run.remark.ticket, "note": run.remark.note},
    }
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _film(facts: FilmFacts | None) -> dict[str, object] | None:
    if facts is None:
        return None
    return {
        "container": facts.container,
        "codec": facts.codec,
        "width": facts.width,
        "height": facts.height,
        "size_bytes": facts.size_bytes,
        "duration_s": facts.duration_s,
        "frame_count": facts.frame_count,
        "last_frame_pts_s": facts.last_frame_pts_s,
        "created_at": facts.created_at.isoformat() if facts.created_at else None,
        "painted_at": facts.painted_at.isoformat() if facts.painted_at else None,
        "fragmented": facts.fragmented,
        "truncated": facts.truncated,
        "damaged": facts.damaged,
        "encrypted": facts.encrypted,
        "holes": [[item.at_s, item.seconds, item.why.value] for item in facts.holes],
        "joins": [[item.at_s, item.seconds, item.why.value] for item in facts.joins],
        "comment": facts.comment,
        "title": facts.title,
    }


def documents(run: RunState) -> dict[str, bytes]:
    """Return the files that this room adds to a run folder, by name."""
    # Imported by the first report: the first tables of a window wait for no template.
    from rdpgui.report.html import run_html

    return {FACTS: _written(facts_json(run)), REPORT_NAME: _written(run_html(run))}


def _written(text: str) -> bytes:
    """Return a text for a file: half a character in a message of AWS takes no report with it, and is an escape."""
    return text.encode(errors="backslashreplace")


def film_digests(run: RunState) -> dict[str, str]:
    """Return the hash of each film of a run as it was when it was saved, by its name in the run's folder."""
    return {saved.path: saved.sha256 for saved in run.saved if saved.sha256}


def manifest(folder: Path, told: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Return the manifest of a run folder in the format of ``sha256sum``, itself and what is half-written left out.

    Args:
        folder: of the run.
        told: hashes that the journal tells, by name: what was changed since then differs from its manifest for ever.
    """
    found = ((name, told.get(name) or _sha256(path)) for name, path in sorted(kept_files(folder).items()))
    return "".join(f"{digest}  {name}\n" for name, digest in found if digest is not None).encode()


def verify(folder: Path) -> list[str]:
    """Return the files of a run folder that differ from its manifest, are missing, or were added."""
    listed = listed_in((folder / MANIFEST).read_text(encoding="utf-8"))
    return differences(listed, {name: _sha256(path) for name, path in kept_files(folder).items()})


def listed_in(manifest_text: str) -> dict[str, str]:
    """Return the hash of each file that a manifest lists, by name."""
    listed = {}
    for line in manifest_text.splitlines():
        digest, name = line.split("  ", 1)
        listed[name] = digest
    return listed


def differences(listed: Mapping[str, str], found: Mapping[str, str | None]) -> list[str]:
    """Return the names whose hashes differ, that are missing, or that were added."""
    return sorted(name for name in {*listed, *found} if listed.get(name) != found.get(name))


def kept_files(folder: Path) -> dict[str, Path]:
    """Return what a folder holds for good, by its name in the manifest."""
    kept = (p for p in folder.rglob("*") if p.name != MANIFEST and not p.name.endswith(_HALF_WRITTEN) and p.is_file())
    return {path.relative_to(folder).as_posix(): path for path in kept if not path.is_symlink()}


def links_in(folder: Path) -> list[str]:
    """Return the symbolic links in a run folder, by name: what they lead to is none of the run's files."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink())


def _sha256(path: Path) -> str | None:
    """Return the hash of a file, None of one that is gone meanwhile."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
    except FileNotFoundError:
        return None
    return digest.hexdigest()
