"""The program's source, parsed once for all tests of a process."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parents[2] / "rdpgui"


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        file: below the package, with slashes.
        name: the last word of what is called. owner: what stands before it, when that is a name.
        lambdas: whether an argument is a lambda.
    """

    file: str
    line: int
    name: str
    owner: str
    lambdas: bool

    @property
    def room(self) -> str:
        """The package's part it is in."""
        return self.file.partition("/")[0]

    def __str__(self) -> str:
        """Say where it is, and what."""
        return f"{self.file}:{self.line} {self.name}"


@dataclass(frozen=True, slots=True)
class Tip:
    """One value that a model returns for its tooltips. ``through``: the function that makes it, empty for none."""

    file: str
    line: int
    through: str


@cache
def calls() -> tuple[Call, ...]:
    """Return every call of the package."""
    return _read()[0]


@cache
def tips() -> tuple[Tip, ...]:
    """Return every value that an item model returns for a tooltip."""
    return _read()[1]


@cache
def _read() -> tuple[tuple[Call, ...], tuple[Tip, ...]]:
    found: list[Call] = []
    returned: list[Tip] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found += _call(file, node)
            elif isinstance(node, ast.match_case) and "ToolTipRole" in ast.unparse(node.pattern):
                returned += _tips(file, node)
    return tuple(found), tuple(returned)


def _call(file: str, node: ast.Call) -> Iterator[Call]:
    function = node.func
    lambdas = any(isinstance(item, ast.Lambda) for item in node.args)
    if isinstance(function, ast.Attribute):
        owner = function.value.id if isinstance(function.value, ast.Name) else ""
        yield Call(file, node.lineno, function.attr, owner, lambdas)
    elif isinstance(function, ast.Name):
        yield Call(file, node.lineno, function.id, "", lambdas)


def _tips(file: str, case: ast.match_case) -> Iterator[Tip]:
    for node in ast.walk(case):
        if isinstance(node, ast.Return):
            value = node.value
            through = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
            yield Tip(file, node.lineno, through)
