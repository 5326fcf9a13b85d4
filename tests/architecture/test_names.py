"""One name for each disruption, and a README whose words are those of the program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdpgui import i18n
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.report import model
from rdpgui.ui import actions, labels

pytestmark = pytest.mark.case("L6")
ROOT = Path(__file__).resolve().parents[2]
READMES = {"en": "README.md", "ja": "README.ja.md"}
WALKED = {
    "en": ("## Your first verdict", "## Your own account"),
    "ja": ("## 最初の判定まで", "## 自分のアカウントで使う"),
}
OLD = (
    "Shut the OS down",
    "Restart the OS",
    "Reboot from EC2",
    "Stop from EC2",
    'normal disconnect"',
    'nothing is done"',
)


@pytest.fixture(params=sorted(READMES))
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language in turn."""
    yield i18n.set_language(str(request.param))
    i18n.set_language("en")


def _section(language: str, title: str) -> str:
    text = (ROOT / READMES[language]).read_text()
    begin = text.index(title)
    return text[begin : text.index("\n## ", begin + 1)]


def test_that_each_disruption_has_one_name_everywhere(language: str) -> None:
    menu = {spec.name: i18n._(spec.text) for spec in actions.SPECS}
    names = {found: labels.disruption_name(found) for found in DisruptionId}
    assert names == {found: model.disruption_name(found) for found in DisruptionId}
    assert names == {found: menu[found.value] for found in DisruptionId}
    assert names == {found: labels.word(found) for found in DisruptionId}
    assert names == {found: labels.field_word("disruption", found.value) for found in DisruptionId}
    assert len(set(names.values())) == len(names)


def test_that_the_readme_names_every_disruption_in_its_group(language: str) -> None:
    section = _section(language, WALKED[language][0])
    for disruption in DISRUPTIONS.values():
        row = next(
            line
            for line in section.splitlines()
            if f"**{labels.disruption_name(disruption.disruption_id)}**" in line and line.startswith("|")
        )
        assert row.startswith(f"| {labels.word(disruption.origin)} |")


def test_that_every_word_the_readme_says_to_press_is_a_word_of_the_window(language: str) -> None:
    shown = {i18n._(text) for text in _source_words()}
    for title in WALKED[language]:
        pressed = re.findall(r"\*\*([^*]+)\*\*", _section(language, title))
        assert pressed
        assert [text for text in pressed if text not in shown] == []


def test_that_the_readme_arms_before_it_disrupts(language: str) -> None:
    for title in WALKED[language]:
        section = _section(language, title)
        arm = section.index(f"**{i18n._('Arm this instance')}**")
        steps = [line for line in section[arm:].splitlines() if re.match(r"\d\. ", line)]
        assert title != WALKED[language][0] or f"**{labels.disruption_name(DisruptionId.OS_SHUTDOWN)}**" in steps[0]


def test_that_no_other_name_is_left_in_the_sources() -> None:
    sources = [*(ROOT / "rdpgui").rglob("*.py"), *(ROOT / "resources" / "docs").glob("*.md")]
    assert [(path.name, old) for path in sources for old in OLD if old in path.read_text()] == []


def _source_words() -> list[str]:
    """Return the message ids of the window."""
    paths = [
        *(ROOT / "rdpgui/ui").rglob("*.py"),
        *(ROOT / "rdpgui/core/kinds").glob("*.py"),
        ROOT / "rdpgui/core/words.py",
    ]
    text = "\n".join(path.read_text() for path in paths)
    return re.findall(r'\b(?:N_|_)\("([^"]+)"\)', text)
