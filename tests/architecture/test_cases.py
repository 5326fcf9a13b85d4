"""Every numbered fault that a delivery has mended keeps a test that names it (``next/cases.md`` has their texts)."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
_R_AND_S = {f"S{n}" for n in range(1, 6)} | {f"R{n}" for n in (*range(7, 18), 19)}
_L = {f"L{n}" for n in (1, 2, 3, 6, 7, 9, 11, 15)}
MENDED = _R_AND_S | _L | {f"P{n}" for n in (1, 2, 3, 4, 5, 6, 8, 10)} | {"X1", "X2", "X9", "X11"}
"""Of "Ground that holds". X1, X2, X9 and X11 are rows of ``make bench``: tests/e2e/test_bench.py makes each once."""


def _named(path: Path) -> set[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    marks = [call for call in calls if ast.unparse(call.func).endswith("mark.case")]
    return {str(arg.value) for call in marks for arg in call.args if isinstance(arg, ast.Constant)}


def test_that_every_mended_fault_has_a_test_that_names_it() -> None:
    named = set[str]().union(*map(_named, TESTS.rglob("test_*.py")))
    assert sorted(MENDED - named) == []


def test_that_every_row_of_the_bench_among_them_is_made_by_a_test() -> None:
    assert {"X1", "X2", "X9", "X11"} <= _named(TESTS / "e2e" / "test_bench.py")
