"""A text of AWS or of a person reaches the screen, the terminal and the browser through one helper each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "rdpgui"
DOORS: dict[str, tuple[str, ...]] = {
    # Tooltips guess their format: ui/plain.py gives them.
    "setToolTip": ("ui/plain.py",),
    "showText": ("ui/plain.py",),
    "setStatusTip": (),
    "setWhatsThis": (),
    "setToolTipsVisible": (),
    # A label guesses its format, too: widgets/small.py makes them. The shell's and the lab's say words of ours, or are
    # plain by format.
    "QLabel": ("ui/widgets/small.py", "ui/shell.py", "lab/console/window.py"),
    # What renders rich text.
    "QMessageBox": (),
    "QErrorMessage": (),
    "QTextBrowser": (),
    "QTextEdit": (),
    "QTextDocument": (),
    "setHtml": (),
    "insertHtml": (),
    "appendHtml": (),
    "drawStaticText": (),
    "fromHtml": (),
    # Jinja's way around escaping.
    "Markup": (),
    # The terminal and the browser.
    "print": ("app/terminal.py", "lab/", "media/worker.py"),
    "open_new": (),
    "open_new_tab": (),
    "openUrl": ("app/record_commands.py",),
}


@cache
def _calls(path: Path) -> tuple[tuple[str, int], ...]:
    return tuple(_calls_in(ast.parse(path.read_text())))


def _calls_in(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            yield name, node.lineno


@pytest.mark.case("L11")
@pytest.mark.parametrize("name", list(DOORS))
def test_that_it_is_called_only_behind_its_door(name: str) -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for called, line in _calls(path)
        if called == name and not path.relative_to(PACKAGE).as_posix().startswith(DOORS[name])
    ]
    assert found == []


@pytest.mark.case("L11")
def test_that_item_models_give_their_tooltips_through_the_door() -> None:
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for case in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.match_case)):
            if "ToolTipRole" in ast.unparse(case.pattern):
                returned = [node.value for node in ast.walk(case) if isinstance(node, ast.Return)]
                wrong += [f"{path.name}:{case.pattern.lineno}" for value in returned if not _is_tip(value)]
    assert wrong == []


def _is_tip(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "tip"


@pytest.mark.case("L11")
def test_that_no_template_goes_round_escaping() -> None:
    templates = PACKAGE.parent / "resources" / "report"
    texts = {path.name: path.read_text() for path in templates.glob("*.j2")}
    assert texts
    assert [name for name, text in texts.items() if "|safe" in text.replace(" ", "") or "autoescape" in text] == []
    addresses = [found for text in texts.values() for found in re.findall(r'(?:href|src)="(\{\{.*?\}\})"', text)]
    assert addresses
    assert [address for address in addresses if "|href" not in address] == []
