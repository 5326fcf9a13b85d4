"""Where the program keeps its things, and where its resources are."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

from rdpgui.app.storage_errors import storage_error
from rdpgui.core.errors import StorageError
from rdpgui.files import read_whole

PRIVATE_FOLDER_MODE = 0o700
DEFAULT_SCENARIO = "default"
DIGEST_SHOWN = 8


def resources() -> Path:
    """Return the folder of resources: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_resources"
    return installed if installed.is_dir() else package.parent / "resources"


def scenario_names() -> list[str]:
    """Return the names of the lab's scenarios, the default first."""
    names = sorted(path.stem for path in (resources() / "lab").glob("*.json"))
    return sorted(names, key=DEFAULT_SCENARIO.__ne__)


def scenario_file(asked: str) -> Path | None:
    """Return the file of a scenario that was asked for by its path (``….json``), None for a name."""
    return Path(asked).expanduser().resolve() if asked.endswith(".json") else None


def scenario_title(asked: str) -> str:
    """Return the name of a scenario: evidence of two that are not the same is never pooled under one.

    One's own file carries the beginning of its SHA-256 beside its name: another file may have the same name, one of
    the program's too, and the same file may be changed between two runs.
    """
    path = scenario_file(asked)
    if path is None:
        return asked
    if path.is_relative_to((resources() / "lab").resolve()):
        return path.stem
    try:
        digest = hashlib.sha256(read_whole(path)).hexdigest()[:DIGEST_SHOWN]
    except (OSError, StorageError):
        digest = "?"  # the lab will say why it cannot be read
    return f"{path.stem} ({digest})"


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of this user.

    Attributes:
        data: runs and the single-instance lock. config: settings. logs: log files and crash bundles.
    """

    data: Path
    config: Path
    logs: Path

    @property
    def runs(self) -> Path:
        """Return the folder of all runs."""
        return self.data / "runs"

    @property
    def objects(self) -> Path:
        """Return the folder of objects that were looked at outside of runs."""
        return self.data / "objects"

    @property
    def settings_file(self) -> Path:
        """Return the settings file."""
        return self.config / "settings.json"

    @property
    def places_file(self) -> Path:
        """Return the file of what is remembered of AWS profiles."""
        return self.config / "places.json"

    @property
    def aliases_file(self) -> Path:
        """Return the file that says which invented name stands for which real one."""
        return self.config / "aliases.json"

    @property
    def shown(self) -> Path:
        """Return the folder of reports with invented names: what is shown to others, no evidence."""
        return self.data / "shown"

    @property
    def lock_file(self) -> Path:
        """Return the file that keeps a second window on the same data from starting."""
        return self.data / "window.lock"


def user_paths(data_dir: Path | None = None) -> Paths:
    """Return the folders of this user, all below ``data_dir`` when it is given.

    ``RDPGUI_DATA_DIR`` in the environment does the same as the argument.
    """
    chosen = data_dir or (Path(os.environ["RDPGUI_DATA_DIR"]) if os.environ.get("RDPGUI_DATA_DIR") else None)
    if chosen is not None:
        root = chosen.expanduser().resolve()
        return Paths(data=root, config=root, logs=root / "logs")
    dirs = PlatformDirs("rdpgui", appauthor=False)
    return Paths(data=dirs.user_data_path, config=dirs.user_config_path, logs=dirs.user_log_path)


def make_private(folder: Path) -> Path:
    """Create a folder that only this user can enter (0700) and return it.

    Raises:
        StorageFull, StorageError: it cannot be made, or belongs to somebody else.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER_MODE)
        folder.chmod(PRIVATE_FOLDER_MODE)
    except OSError as error:
        raise storage_error(error, folder) from error
    return folder
