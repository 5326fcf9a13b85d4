"""What an unattended matrix leaves: each paper stands for itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rdpgui.app import headless
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.core.errors import RdpguiError, StorageFull
from rdpgui.runner.matrix import Matrix, Row
from rdpgui.runner.plans import matrix_pairs


class _NoRuns(Matrix):
    """A matrix of no rows, as far as the papers ask."""

    def __init__(self) -> None:
        self._rows: list[Row] = []


def _options(out: Path, results: Path) -> headless.Options:
    out.mkdir()
    return headless.Options(matrix_pairs(), "default", out, results, "en", screenshots=False)


def test_that_a_report_without_room_does_not_take_the_results_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FileRunFolders.write_bytes

    def write(self: FileRunFolders, path: Path, data: bytes) -> None:
        if path.name == "report.html":
            raise StorageFull("There is no room for {path}.", "Free some space.", path=str(path))
        real(self, path, data)

    monkeypatch.setattr(FileRunFolders, "write_bytes", write)
    unwritten: list[RdpguiError] = []
    lines = headless._leave(_options(tmp_path / "out", tmp_path / "r.json"), _NoRuns(), unwritten)
    assert json.loads((tmp_path / "r.json").read_text()) == {"runs": []}
    assert [type(error) for error in unwritten] == [StorageFull]
    assert any("r.json" in line for line in lines)
    assert not any("report.html" in line for line in lines)
