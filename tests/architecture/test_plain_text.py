"""A text of AWS or of a person reaches the screen, the terminal and the browser through one helper each."""

from __future__ import annotations

import re

import pytest

from tests.helpers.sources import PACKAGE, calls, tips

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
    "openUrl": ("app/paper_commands.py", "ui/panels/sign_in.py"),
}


@pytest.mark.case("L11")
@pytest.mark.parametrize("name", list(DOORS))
def test_that_it_is_called_only_behind_its_door(name: str) -> None:
    assert [str(call) for call in calls() if call.name == name and not call.file.startswith(DOORS[name])] == []


@pytest.mark.case("L11")
def test_that_item_models_give_their_tooltips_through_the_door() -> None:
    assert tips()
    assert [tip for tip in tips() if tip.through != "tip"] == []


@pytest.mark.case("L11")
def test_that_no_template_goes_round_escaping() -> None:
    templates = PACKAGE.parent / "resources" / "report"
    texts = {path.name: path.read_text() for path in templates.glob("*.j2")}
    assert texts
    assert [name for name, text in texts.items() if "|safe" in text.replace(" ", "") or "autoescape" in text] == []
    addresses = [found for text in texts.values() for found in re.findall(r'(?:href|src)="(\{\{.*?\}\})"', text)]
    assert addresses
    assert [address for address in addresses if "|href" not in address] == []
