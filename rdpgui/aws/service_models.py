"""The SDK's descriptions of AWS services, read in a fraction of botocore's time and memory.

botocore reads its data files into ``OrderedDict`` and keeps all documentation; both are for tools that print it.
"""

from __future__ import annotations

import gzip
import json
import os
from functools import cache, partial
from pathlib import Path
from typing import Any

_ENDINGS = (".json", ".json.gz")


class PlainFiles:
    """Reads data files for ``botocore.loaders.Loader``, into plain dicts that keep their order as well."""

    def exists(self, file_path: str) -> bool:
        """Whether there is such a file, given without its ending."""
        return any(os.path.isfile(file_path + ending) for ending in _ENDINGS)  # noqa: PTH113 - thousands of times

    def load_file(self, file_path: str) -> dict[str, Any] | None:
        """Return what a file holds, given without its ending; None when there is no such file."""
        for ending in _ENDINGS:
            try:
                content = Path(file_path + ending).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            loaded: dict[str, Any] = json.loads(gzip.decompress(content) if ending.endswith("gz") else content)
            _drop_documentation(loaded)
            return loaded
        return None


def _drop_documentation(model: dict[str, Any]) -> None:
    """Leave out what only help texts are made of: half of a service's description."""
    for kind in ("operations", "shapes"):
        for described in model.get(kind, {}).values():
            described.pop("documentation", None)
            for member in described.get("members", {}).values():
                member.pop("documentation", None)


@cache
def service_models(search_path: str | None) -> Any:
    """Return what reads the services' models. One for all sessions: EC2's alone costs a tenth of a second again.

    Args:
        search_path: the person's own folders of models, as ``AWS_DATA_PATH`` has them; None for the SDK's alone.
    """
    from botocore.loaders import create_loader

    loader: Any = create_loader(search_path)
    loader.file_loader = PlainFiles()
    loader.list_available_services = partial(_services, loader)
    return loader


def _services(loader: Any, _kind: str) -> list[str]:
    """Return what has a folder. botocore looks into each of four hundred first, which takes longer than EC2's model."""
    folders = [Path(folder) for folder in loader.search_paths]
    return sorted({one.name for folder in folders if folder.is_dir() for one in folder.iterdir()})
