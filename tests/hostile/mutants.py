"""Seeded mutants of the judge, each of which the hostile worlds must find out.

A mutant is one change in ``rdpgui/core/judging``, or in the proofs of ``rdpgui/core/kinds``: a comparison is turned, a
slack is three times as wide, or one check always holds. It is found when a world is judged wrong, or a true cause is no
longer named, where the judge was right; the kept worlds come first.
Each mutant lives in a process of its own: ``python -m tests.hostile.mutants NAME``.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "rdpgui.core"
CORE = ROOT / "rdpgui" / "core"
FOLDERS = ("judging", "kinds")
NOT_OF_THE_VERDICT = frozenset({"__init__", "claims", "timeline", "recording_status", "summary", "registry", "kind"})
CHECKS = ("disruption-proven", "ended-after", "own-recording", "integrity", "reaches-end", "last-frame")
CHUNK = 250
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: ``kind`` is ``turned``, ``slack`` or ``blind``; ``module`` (``judging.onset``) ... say where."""

    kind: str
    module: str
    line: int = 0
    column: int = 0
    text: str = ""

    @property
    def name(self) -> str:
        """Return it as one word."""
        return f"{self.kind}:{self.module}:{self.line}:{self.column}"


def mutants() -> list[Mutant]:
    """Return every mutant of the judge."""
    found = [Mutant("blind", check, text="always holds") for check in CHECKS]
    for folder in FOLDERS:
        for path in sorted((CORE / folder).glob("*.py")):
            if path.stem not in NOT_OF_THE_VERDICT:
                found += _mutants_of(path, f"{folder}.{path.stem}")
    return found


def _mutants_of(path: Path, module: str) -> Iterator[Mutant]:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(type(op) in _TURNED for op in node.ops):
            yield Mutant("turned", module, node.lineno, node.col_offset, ast.unparse(node))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and _is_number(statement.value):
            yield Mutant("slack", module, statement.lineno, statement.col_offset, ast.unparse(statement))


def _is_number(value: ast.expr) -> bool:
    numbers = (node for node in ast.walk(value) if isinstance(node, ast.Constant))
    return isinstance(value, ast.Constant | ast.BinOp) and all(isinstance(n.value, int | float) for n in numbers)


class _Change(ast.NodeTransformer):
    """Makes the change of a mutant in its module."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def _is_here(self, node: ast.expr | ast.stmt, kind: str) -> bool:
        mutant = self._mutant
        return mutant.kind == kind and (node.lineno, node.col_offset) == (mutant.line, mutant.column)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if self._is_here(node, "turned"):
            node.ops = [_TURNED.get(type(op), type(op))() for op in node.ops]
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if self._is_here(node, "slack"):
            node.value = ast.BinOp(node.value, ast.Mult(), ast.Constant(3))
        return node


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module with a change in it."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._path = CORE.joinpath(*mutant.module.split(".")).with_suffix(".py")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != f"{PACKAGE}.{self._mutant.module}":
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self._path))

    def exec_module(self, module: ModuleType) -> None:
        tree = ast.fix_missing_locations(_Change(self._mutant).visit(ast.parse(self._path.read_text())))
        exec(compile(tree, str(self._path), "exec"), module.__dict__)


# -- in the mutant's process --------------------------------------------------------------


def live(name: str, seed: int, known: Path) -> None:
    """Be the mutant; write after how many worlds it is found, 0 when it is not."""
    kind, module, line, column = name.split(":")
    mutant = Mutant(kind, module, int(line), int(column))
    if kind != "blind":
        sys.meta_path.insert(0, _Finder(mutant))
    from tests.hostile.found_out import first_difference  # the judge is loaded with the change in it

    blind_to = module if kind == "blind" else ""
    sys.stdout.write(str(first_difference(seed, json.loads(known.read_text()), blind_to)))


# -- in the parent's ------------------------------------------------------------------------


def try_mutants(seed: int, count: int, *, workers: int, sample: Sequence[Mutant]) -> Iterator[tuple[Mutant, int]]:
    """Give each mutant with the number of worlds until it was found, 0 when it was not within ``count``."""
    chunks = [range(begin, min(begin + CHUNK, count)) for begin in range(0, count, CHUNK)]
    from tests.hostile.found_out import wrongs_of  # only a process that is no mutant loads the judge as it is

    with ProcessPoolExecutor(workers) as processes:
        known = [wrongs for part in processes.map(partial(wrongs_of, seed), chunks) for wrongs in part]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        path = Path(folder) / "known.json"
        path.write_text(json.dumps(known))
        yield from pool.map(partial(_try, seed, path), sample)


def _try(seed: int, known: Path, mutant: Mutant) -> tuple[Mutant, int]:
    command = [sys.executable, "-m", "tests.hostile.mutants", mutant.name, str(seed), str(known)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return mutant, int(answer.stdout) if answer.returncode == 0 else 1


if __name__ == "__main__":
    live(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
