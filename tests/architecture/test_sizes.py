"""A function fits a screen, and a file is a thought (``style``: functions of 40 lines, files of 400,
classes of 20 methods)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "rdpgui"
FUNCTION_LINES, FILE_LINES, CLASS_METHODS = 40, 400, 20


def _long_functions(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield node.name, lines


def test_that_every_function_of_the_program_fits_a_screen() -> None:
    found = {path: list(_long_functions(path.read_text(encoding="utf-8"))) for path in PACKAGE.rglob("*.py")}
    assert {str(path.relative_to(PACKAGE)): long for path, long in found.items() if long} == {}


def test_that_no_file_of_the_program_is_longer_than_a_thought() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {str(path.relative_to(PACKAGE)): count for path, count in lines.items() if count > FILE_LINES} == {}


def _large_classes(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
            if methods > CLASS_METHODS:
                yield node.name, methods


def test_that_no_class_of_the_program_does_more_than_one_thing_well() -> None:
    found = {path: list(_large_classes(path.read_text(encoding="utf-8"))) for path in PACKAGE.rglob("*.py")}
    assert {str(path.relative_to(PACKAGE)): large for path, large in found.items() if large} == {}


def test_that_a_large_class_is_found() -> None:
    body = "\n".join(f"    def m{number}(self) -> None: ..." for number in range(CLASS_METHODS))
    assert list(_large_classes(f"class One:\n{body}\n")) == []
    assert list(_large_classes(f"class One:\n{body}\n    async def more(self) -> None: ...\n")) == [
        ("One", CLASS_METHODS + 1)
    ]


def test_that_a_long_function_is_found() -> None:
    body = "\n".join("    pass" for _line in range(FUNCTION_LINES))
    assert list(_long_functions(f"def one() -> None:\n{body}\n")) == [("one", FUNCTION_LINES + 1)]
    assert list(_long_functions("def one() -> None:\n    pass\n")) == []
