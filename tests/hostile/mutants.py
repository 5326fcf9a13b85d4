"""Mutants of the judge: each is one change in ``rdpgui/core/judging`` or ``rdpgui/core/kinds`` that must be found out.

A comparison or a condition is turned, *and* becomes *or*, or a slack is three times as wide. (That one check always
holds is tried in ``test_power``.)
``patched`` makes the change in the living modules and takes it back, so that hundreds are tried in one process.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from rdpgui.core.judging import case

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "rdpgui.core"
CORE = ROOT / "rdpgui" / "core"
EQUIVALENTS = Path(__file__).with_name("equivalents.txt")
FOLDERS = ("judging", "kinds")
NOT_OF_THE_VERDICT = frozenset(
    {"__init__", "claims", "timeline", "recording_status", "summary", "series", "registry", "kind"}
)
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: ``kind`` is ``turned``, ``negated``, ``joined`` or ``slack``.

    ``module`` (``judging.onset``), ``line`` and ``column`` say where; ``text`` is what stands there.
    """

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
    found: list[Mutant] = []
    for folder in FOLDERS:
        for path in sorted((CORE / folder).glob("*.py")):
            if path.stem not in NOT_OF_THE_VERDICT:
                found += _mutants_of(path, f"{folder}.{path.stem}")
    return found


def _mutants_of(path: Path, module: str) -> Iterator[Mutant]:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        kind = _kind_of(node)
        if kind and isinstance(node, ast.expr):
            yield Mutant(kind, module, node.lineno, node.col_offset, ast.unparse(node))
        if isinstance(node, ast.If | ast.IfExp) and not isinstance(node.test, ast.Compare):
            yield Mutant("negated", module, node.test.lineno, node.test.col_offset, ast.unparse(node.test))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and _is_number(statement.value):
            yield Mutant("slack", module, statement.lineno, statement.col_offset, ast.unparse(statement))


def _kind_of(node: ast.AST) -> str:
    if isinstance(node, ast.Compare) and any(type(op) in _TURNED for op in node.ops):
        return "turned"
    return "joined" if isinstance(node, ast.BoolOp) else ""


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
        if self._is_here(node, "turned") and ast.unparse(node) == self._mutant.text:
            node.ops = [_TURNED.get(type(op), type(op))() for op in node.ops]
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        here = self._is_here(node, "joined") and ast.unparse(node) == self._mutant.text
        self.generic_visit(node)
        if here:
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self._negate(node)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self._negate(node)
        return node

    def _negate(self, node: ast.If | ast.IfExp) -> None:
        here = self._is_here(node.test, "negated") and ast.unparse(node.test) == self._mutant.text
        self.generic_visit(node)
        if here:
            node.test = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        if self._is_here(node, "slack"):
            node.value = ast.BinOp(node.value, ast.Mult(), ast.Constant(3))
        return node


# -- the change in the living modules -------------------------------------------------------


@contextmanager
def patched(mutant: Mutant) -> Iterator[None]:
    """Make a mutant of the judge inside the block."""
    module = importlib.import_module(f"{PACKAGE}.{mutant.module}")
    path = CORE.joinpath(*mutant.module.split(".")).with_suffix(".py")
    tree = ast.fix_missing_locations(_Change(mutant).visit(ast.parse(path.read_text())))
    changed = dict(module.__dict__)
    exec(compile(tree, str(path), "exec"), changed)
    undo = [*_swap_code(module, changed), *_swap_numbers(module, changed)]
    _forget()
    try:
        yield
    finally:
        for step in undo:
            step()
        _forget()


def _forget() -> None:
    """What was derived before a change is not what is derived after it."""
    case._case.cache_clear()


def _swap_code(module: ModuleType, changed: Mapping[str, object]) -> Iterator[Callable[[], None]]:
    """Give every function and method of the module its changed code; yields how it is taken back."""
    for name, old in list(module.__dict__.items()):
        if getattr(old, "__module__", "") != module.__name__:
            continue
        pairs = _functions(old, changed[name])
        for before, after in pairs:
            code, defaults = before.__code__, before.__defaults__
            if code.co_code == after.__code__.co_code and code.co_consts == after.__code__.co_consts:
                continue
            before.__code__ = after.__code__
            yield _Undo(before, code, defaults)


@dataclass(frozen=True, slots=True)
class _Undo:
    function: FunctionType
    code: CodeType
    defaults: tuple[object, ...] | None

    def __call__(self) -> None:
        self.function.__code__ = self.code


def _functions(old: object, new: object) -> Iterator[tuple[FunctionType, FunctionType]]:
    before, after = _function(old), _function(new)
    if before is not None and after is not None:
        yield before, after
    elif isinstance(old, type) and isinstance(new, type):
        for name, member in vars(old).items():
            inner, outer = _function(member), _function(vars(new).get(name))
            if inner is not None and outer is not None:
                yield inner, outer


def _function(value: object) -> FunctionType | None:
    """Return the function in a property, a cached function, or a plain one."""
    inner = value.fget if isinstance(value, property) else getattr(value, "__wrapped__", value)
    return inner if isinstance(inner, FunctionType) else None


def _swap_numbers(module: ModuleType, changed: Mapping[str, object]) -> Iterator[Callable[[], None]]:
    """Give a changed number to its module and to all that took it from there; yields how it is taken back."""
    for name, old in list(module.__dict__.items()):
        if not isinstance(old, int | float) or changed[name] == old:
            continue
        for user in [m for key, m in sys.modules.items() if key.startswith("rdpgui.")]:
            if vars(user).get(name) == old:
                setattr(user, name, changed[name])
                yield _Restore(user, name, old)


@dataclass(frozen=True, slots=True)
class _Restore:
    module: ModuleType
    name: str
    value: object

    def __call__(self) -> None:
        setattr(self.module, self.name, self.value)


def equivalents() -> dict[tuple[str, str, str], str]:
    """Return the mutants that are known to be no fault: (module, kind, text) and the reason."""
    lines = EQUIVALENTS.read_text().splitlines()
    rows = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return {(module, kind, text): reason for module, kind, text, reason in rows}
