"""After a run: facts, report and manifest beside its journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rdpgui.app.paths import make_private
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.storage_errors import storage_error
from rdpgui.core.standing import as_kept, files_of
from rdpgui.core.state import RunState
from rdpgui.files import is_file, write_whole
from rdpgui.i18n import _
from rdpgui.report import pack
from rdpgui.report.model import REPORT_NAME


def gone_from(folder: Path, run: RunState) -> frozenset[str]:
    """Return which files of a run are no longer in its folder. Blocking."""
    return frozenset(name for name in files_of(run) if not is_file(folder / name))


def write_evidence(folders: FileRunFolders, run: RunState) -> Path:
    """Write ``facts.json``, ``report.html`` and the manifest of a run; returns the report's path.

    Raises:
        StorageFull, StorageError: a file cannot be written; what was there before is kept.
    """
    folder = folders.folder_of(run.run_id)
    run = as_kept(run, gone_from(folder, run))
    for name, data in pack.documents(run).items():
        folders.write_bytes(folder / name, data)
    folders.write_bytes(folder / pack.MANIFEST, pack.manifest(folder, pack.film_digests(run)))
    return folder / REPORT_NAME


def write_shown(folders: FileRunFolders, run: RunState, into: Path, named: Callable[[str], str]) -> Path:
    """Write a report with invented names and its pictures into a folder of its own; returns the report's path.

    Raises:
        StorageFull, StorageError: a file cannot be written.
    """
    from rdpgui.report.html import shown_html

    folder = folders.folder_of(run.run_id)
    run = as_kept(run, gone_from(folder, run))
    make_private(into)
    inspected = next((found for found in reversed(run.inspected) if found.last_frame), None)
    pictures = {
        "last-frame.png": inspected.last_frame if inspected is not None else "",
        "screen.jpg": run.witness.path if run.witness is not None else "",
    }
    made = {name: _picture_to_show(folder / path, into / name) for name, path in pictures.items() if path}
    last_frame, witness = (name if made.get(name) else "" for name in pictures)
    text = shown_html(run, named, last_frame=last_frame, witness=witness)
    path = into / REPORT_NAME
    try:
        write_whole(path, text.encode(errors="backslashreplace"))
    except OSError as error:
        raise storage_error(error, path) from error
    return path


def _picture_to_show(path: Path, to: Path) -> bool:
    """Copy a picture without the words in its metadata; says whether there is one."""
    from rdpgui.media.png import without_words  # with numpy, which the first tables of a window do not wait for

    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        write_whole(to, without_words(data))
    except OSError as error:
        raise storage_error(error, to) from error
    return True


TABLE_NAME = "matrix.html"


def write_table(folders: FileRunFolders, runs: Sequence[RunState]) -> Path:
    """Write one report of several runs beside their folders; returns its path.

    Raises:
        StorageFull, StorageError: it cannot be written; what was there before is kept.
    """
    # Imported by the first report: the first tables of a window wait for no template.
    from rdpgui.report.html import matrix_html

    kept = [as_kept(run, gone_from(folders.folder_of(run.run_id), run)) for run in runs]
    places = {str(run.run_id): str(run.run_id) for run in runs}
    path = folders.root / TABLE_NAME
    text = matrix_html(kept, places, title=_("Recording and disruptions"))
    folders.write_bytes(path, text.encode(errors="backslashreplace"))
    return path
