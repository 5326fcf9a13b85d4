"""The rooms of the architecture, as import contracts; and no circle of files anywhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping

import grimp
import pytest


def _circles(imports: Mapping[str, Iterable[str]]) -> list[set[str]]:
    """Return the sets of two and more modules that reach each other (Tarjan's strongly connected components)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(module: str) -> None:
        number[module] = lowest[module] = len(number)
        stack.append(module)
        for other in imports[module]:
            if other not in number:
                visit(other)
            if other in stack:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == number[module]:
            circle = set(stack[stack.index(module) :])
            del stack[stack.index(module) :]
            if len(circle) > 1:
                found.append(circle)

    for module in imports:
        if module not in number:
            visit(module)
    return found


def test_that_every_import_contract_is_kept() -> None:
    # A process of its own: the linter's logging set-up switches every existing logger of the process off.
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_that_no_files_import_each_other_in_a_circle_not_even_for_types() -> None:
    graph = grimp.build_graph("rdpgui", cache_dir=None)
    imports = {module: sorted(graph.find_modules_directly_imported_by(module)) for module in sorted(graph.modules)}
    assert len(imports) > 300
    assert not _circles(imports)


@pytest.mark.parametrize(
    ("text", "circles"),
    [
        ("a>b b>c c>", []),
        ("a>b b>a c>a", [{"a", "b"}]),
        ("a>b,c b>d c>d d>", []),
        ("a>b b>c,d c>a d>e e>d", [{"a", "b", "c"}, {"d", "e"}]),
    ],
)
def test_that_a_circle_would_be_found(text: str, circles: list[set[str]]) -> None:
    imports = {part[0]: [one for one in part[2:].split(",") if one] for part in text.split()}
    by_size: Callable[[set[str]], int] = len
    assert sorted(_circles(imports), key=by_size) == sorted(circles, key=by_size)
