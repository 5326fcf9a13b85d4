"""A shown text: everything is seen, nothing acts, nothing is too wide."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.core.arming import confirmation_given, confirmation_text
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState
from rdpgui.core.plain import breakable, columns, folded, one_line, shortened, visible
from tests.helpers.hostile_text import ACTING, ACTS, HOSTILE

pytestmark = pytest.mark.case("L11")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("fin-web-01", "fin-web-01"),
        ("財務 Ｗｅｂ\u3000é 👩\u200d💻 שלום", "財務 Ｗｅｂ\u3000é 👩\u200d💻 שלום"),
        ("\x1b[31mred\x07", r"\u001b[31mred\u0007"),
        ("\x9b31m", r"\u009b31m"),
        ("photo\u202egnp.exe", r"photo\u202egnp.exe"),
        ("a\u200bb\ufeffc\u2060d", r"a\u200bb\ufeffc\u2060d"),
        ("half \ud800 pair", r"half \ud800 pair"),
        ("tag \U000e0041", r"tag \udb40\udc41"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("over\rwritten", r"over\u000dwritten"),
    ],
)
def test_that_what_would_act_is_written_out(text: str, seen: str) -> None:
    assert visible(text) == seen


@given(st.text())
def test_that_no_text_acts_and_each_can_be_encoded(text: str) -> None:
    for shown in (visible(text), one_line(text), folded(text)):
        assert not ACTS.search(shown)
        shown.encode()
    assert "\n" not in one_line(text)


@given(st.text())
def test_that_a_json_text_keeps_its_meaning(text: str) -> None:
    assert json.loads(visible(json.dumps(text, ensure_ascii=False), 0)) == text


def test_that_a_long_text_ends_where_the_place_ends() -> None:
    assert len(visible("x" * 10_000)) == 4000
    assert visible("x" * 10_000).endswith("…")
    assert len(visible("x" * 10_000, 0)) == 10_000
    assert len(one_line(HOSTILE)) < 1000


@given(st.text(), st.integers(4, 40))
def test_that_a_shortened_line_fits(text: str, room: int) -> None:
    assert columns(shortened(text, room)) <= max(room, 1)


@given(st.text(st.characters(codec="utf-8")), st.integers(4, 40))
def test_that_a_folded_text_fits(text: str, room: int) -> None:
    lines = folded(text, room, 9).split("\n")
    assert len(lines) <= 9
    assert all(columns(line) <= room for line in lines)


def test_that_a_folded_text_breaks_between_words() -> None:
    assert folded("aaaa bbbb cccc", 10) == "aaaa bbbb\ncccc"
    assert folded("a" * 25, 10).replace("\n", "") == "a" * 25


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_that_places_to_break_change_nothing_that_is_seen(text: str) -> None:
    assert breakable(visible(text), 20).replace("\u200b", "") == visible(text)


def test_that_a_word_without_a_place_to_break_gets_some() -> None:
    assert max(map(len, breakable("x" * 1000, 40).split("\u200b"))) == 40
    assert breakable("i-0c4d19ab77aa11c01", 40) == "i-0c4d19ab77aa11c01"


@pytest.mark.parametrize("name", ["a\u200bb", "photo\u202egnp", "x" * 100, " padded ", "two\nlines", HOSTILE])
def test_that_nobody_has_to_type_what_cannot_be_read(name: str) -> None:
    instance = Instance(InstanceId("i-1"), name, InstanceState.RUNNING, platform="windows", instance_type="", tags=())
    assert confirmation_text(instance, lab=False) == "i-1"
    assert confirmation_given("i-1", instance, lab=False)


def test_that_the_samples_act() -> None:
    assert ACTS.search(ACTING)


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("経理部", 6, "経理部"),
        ("経理部門", 6, "経理…"),  # the third would end in the last column, where … stands
        ("経理部門", 7, "経理部…"),
        ("e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"),
        ("e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301…"),
        ("", 4, ""),
    ],
)
def test_that_a_shortened_line_keeps_all_that_fits(text: str, room: int, shown: str) -> None:
    assert shortened(text, room) == shown


@pytest.mark.parametrize(
    ("text", "room", "lines", "shown"),
    [
        ("aaaa bbbb", 9, 5, "aaaa bbbb"),
        ("aaaa bbbb", 8, 5, "aaaa\nbbbb"),
        ("a\n\nb", 8, 5, "a\n\nb"),
        ("a\nb\nc", 8, 3, "a\nb\nc"),
        ("a\nb\nc\nd", 8, 3, "a\nb\n…"),
        ("経理部の部門", 6, 5, "経理部\nの部門"),
    ],
)
def test_that_a_folded_text_fills_its_lines(text: str, room: int, lines: int, shown: str) -> None:
    assert folded(text, room, lines) == shown
