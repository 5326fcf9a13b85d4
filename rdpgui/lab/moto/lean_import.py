"""Importing moto in half the time and two thirds of the memory.

moto asks new botocore sessions for the Regions of each service, and each session parses the service's whole model
anew, after looking into the folders of all services there are; it also loads the instance types on offer in every
Region of the world. botocore parses into ``OrderedDict``, keeps all documentation, and loads a native HTTP client
that nobody here uses. (The program reads them alike in ``aws/service_models``; the lab shares no code with it.)
Measured with moto 5.2.5, until the lab is seeded: 1.47 s of processor time become 0.9.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

_ENDINGS = (".json", ".json.gz")


def leave_out_crt() -> None:
    """Let botocore do without its native client: a tenth of a second and 10 MB. To be called before it is imported."""
    sys.modules.setdefault("awscrt", None)  # type: ignore[arg-type] # how Python says that there is no such module


class _Files:
    """botocore's data files in plain dicts, each read once as long as it is kept."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any] | None] = {}

    def exists(self, file_path: str) -> bool:
        """Whether there is such a file, given without its ending."""
        return any(Path(file_path + ending).is_file() for ending in _ENDINGS)

    def load_file(self, file_path: str) -> dict[str, Any] | None:
        """Return what a file holds, given without its ending; None when there is no such file."""
        if file_path not in self._kept:
            self._kept[file_path] = self._read(file_path)
        return self._kept[file_path]

    def forget(self) -> None:
        """Keep nothing: who uses a model has it."""
        self._kept.clear()

    @staticmethod
    def _read(file_path: str) -> dict[str, Any] | None:
        for ending in _ENDINGS:
            with suppress(FileNotFoundError, NotADirectoryError):
                content = Path(file_path + ending).read_bytes()
                loaded: dict[str, Any] = json.loads(gzip.decompress(content) if ending.endswith("gz") else content)
                _drop_documentation(loaded)
                return loaded
        return None


def _drop_documentation(model: dict[str, Any]) -> None:
    for kind in ("operations", "shapes"):
        for described in model.get(kind, {}).values():
            described.pop("documentation", None)
            for member in described.get("members", {}).values():
                member.pop("documentation", None)


class _HeadsOnly:
    """The same files for sessions, which look up Regions: of a service's model they need to know what it is called."""

    def __init__(self, files: _Files) -> None:
        self._files = files
        self.exists = files.exists

    def load_file(self, file_path: str) -> dict[str, Any] | None:
        """Return what a file holds; a copy of the ``metadata`` alone of a service's model."""
        loaded = self._files.load_file(file_path)
        if loaded is None or not file_path.endswith("service-2"):
            return loaded
        return {"metadata": dict(loaded["metadata"])}


def _services_of(loader: Any, type_name: str) -> list[str]:
    """Return what has a folder, without looking into each of four hundred."""
    del type_name
    return sorted({name for path in loader.search_paths if os.path.isdir(path) for name in os.listdir(path)})  # noqa: PTH112, PTH208


@contextmanager
def lean_imports(region: str) -> Iterator[None]:
    """While moto is imported, read botocore's data files once and leave out offers of other Regions.

    Nothing breaks when moto no longer works this way: it is then only slower again.

    Args:
        region: the Region whose offers are kept.
    """
    import botocore.session
    import moto.utilities.utils as moto_utils
    from botocore.loaders import Loader

    files, of_loaders = _Files(), cast("Any", Loader)
    make_loader, load_resource = botocore.session.create_loader, moto_utils.load_resource
    reader, services = of_loaders.FILE_LOADER_CLASS, of_loaders.list_available_services

    def one_loader(search_path_string: str | None = None) -> Any:
        loader: Any = make_loader(search_path_string)
        loader.file_loader = _HeadsOnly(files)
        return loader

    def few_resources(resource: str) -> Any:
        elsewhere = "instance_type_offerings" in resource and f"{region}." not in resource
        return [] if elsewhere else load_resource(resource)

    botocore.session.create_loader = one_loader
    moto_utils.load_resource = few_resources
    of_loaders.FILE_LOADER_CLASS = staticmethod(lambda: files)
    of_loaders.list_available_services = _services_of
    try:
        yield
    finally:
        botocore.session.create_loader = make_loader
        moto_utils.load_resource = load_resource
        of_loaders.FILE_LOADER_CLASS, of_loaders.list_available_services = reader, services
        files.forget()
