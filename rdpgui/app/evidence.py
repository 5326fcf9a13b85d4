"""After a run: facts, report and manifest beside its journal."""

from __future__ import annotations

from pathlib import Path

from rdpgui.app.run_folders import FileRunFolders
from rdpgui.core.standing import as_kept, files_of
from rdpgui.core.state import RunState
from rdpgui.report import pack
from rdpgui.report.model import REPORT_NAME


def gone_from(folder: Path, run: RunState) -> frozenset[str]:
    """Return which files of a run are no longer in its folder. Blocking."""
    return frozenset(name for name in files_of(run) if not (folder / name).is_file())


def write_evidence(folders: FileRunFolders, run: RunState) -> Path:
    """Write ``facts.json``, ``report.html`` and the manifest of a run; returns the report's path.

    Raises:
        StorageFull, StorageError: a file cannot be written; what was there before is kept.
    """
    folder = folders.folder_of(run.run_id)
    run = as_kept(run, gone_from(folder, run))
    for name, data in pack.documents(run).items():
        folders.write_bytes(folder / name, data)
    folders.write_bytes(folder / pack.MANIFEST, pack.manifest(folder))
    return folder / REPORT_NAME
