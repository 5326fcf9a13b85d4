"""The page on ``rdpgui inspect`` beside what the program prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rdpgui.core.film import BreakWhy, ClockBasis, EndClass, ReaderState, SpanBasis
from rdpgui.media.facts_json import decodable_to_json, unreadable_to_json
from rdpgui.media.inspect import inspect_film
from rdpgui.media.remote_file import MemoryReader
from tests.helpers import corpus

PAGE = Path(__file__).resolve().parents[3] / "resources" / "docs" / "inspect.md"
INSIDE = {
    "tracks": {"kind", "codec", "width", "height", "samples", "used"},
    "shape": {"turned_deg", "mirrored", "pixel_width", "pixel_height"},
    "end_texts": {"at_s", "end_s", "class", "text", "language", "pictures"},
    "holes": {"at_s", "seconds", "why"},
    "joins": {"at_s", "seconds", "why"},
    "idle": {"begin_s", "end_s", "basis"},
    "clock": {"zero_low", "zero_high", "basis"},
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    film = corpus.write(corpus.encode(corpus.Shape("page", frames=8)), tmp_path_factory.mktemp("page") / "x.mp4", "")
    return decodable_to_json(inspect_film(MemoryReader(film.read_bytes()), "x.mp4").facts)


def test_that_each_member_is_on_the_page_and_the_page_names_no_other(printed: dict[str, object]) -> None:
    rows = [line for line in PAGE.read_text().partition("## JSON")[2].partition("\n## ")[0].splitlines() if "|" in line]
    named = {name for row in rows[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert named == set(printed)
    assert set(unreadable_to_json("why", 0)) == named


@pytest.mark.parametrize("member", INSIDE)
def test_that_the_inside_of_a_member_is_on_the_page(printed: dict[str, object], member: str) -> None:
    (row,) = [line for line in PAGE.read_text().splitlines() if re.match(rf"\| [^|]*`{member}`[^|]* \|", line)]
    told = set(re.findall(r'"(\w+)"', row))
    assert told == INSIDE[member] or "list of the same" in row
    found = printed[member]
    item = found[0] if isinstance(found, list) and found else found
    if isinstance(item, dict):
        assert set(item) == INSIDE[member]


def test_that_each_word_that_can_be_printed_is_on_the_page() -> None:
    text = PAGE.read_text()
    not_printed = {ReaderState.NOT_ASKED}  # of facts that no inspection made
    words = [*BreakWhy, *ClockBasis, *EndClass, *SpanBasis, *ReaderState]
    assert [word for word in words if word not in not_printed and f"`{word}`" not in text] == []
