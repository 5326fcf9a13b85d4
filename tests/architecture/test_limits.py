"""Every time limit of a test comes from ``tests/helpers/limits.py``, which knows how busy the machine is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
LAST_ARGUMENT = {"wait", "join", "result", "settimeout", "asyncio.wait_for", "asyncio.timeout"}

VIRTUAL = re.compile(r"\brun_virtual\b|\bvirtual_time\b")


def _files() -> list[Path]:
    """Every file of tests but those whose seconds are virtual: there no machine is slow."""
    files = [*TESTS.rglob("test_*.py"), *TESTS.rglob("conftest.py"), *(TESTS / "e2e").glob("*.py")]
    return sorted(path for path in set(files) if not VIRTUAL.search(path.read_text()))


def _bets(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls whose time limit is a number, or that sleep for a number of seconds in real time."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)
        last = name.rpartition(".")[2]
        given = [word.value for word in call.keywords if word.arg == "timeout"]
        if name in LAST_ARGUMENT or (last in LAST_ARGUMENT and "." in name and not name.startswith("asyncio.")):
            given += call.args[-1:]
        if name == "time.sleep":
            given += call.args
        if any(_is_a_number(value) for value in given):
            yield call


def _is_a_number(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, int | float) and value.value > 0


def test_that_a_bet_on_the_machine_is_found() -> None:
    lines = [
        "p.wait(5)",
        "q.get(timeout=3)",
        "asyncio.wait_for(x(), 9)",
        "t.join()",
        "p.wait(limit_s(5))",
        "time.sleep(1)",
    ]
    code = "\n".join(lines)
    assert [call.lineno for call in _bets(ast.parse(code))] == [1, 2, 3, 6]


@pytest.mark.case("S5")
@pytest.mark.parametrize("path", _files(), ids=lambda path: path.relative_to(TESTS).as_posix())
def test_that_no_test_bets_on_the_speed_of_the_machine(path: Path) -> None:
    found = [f"{call.lineno}: {ast.unparse(call)}" for call in _bets(ast.parse(path.read_text()))]
    assert found == [], "take the limit from tests.helpers.limits, or wait for an event"
