"""What the end of a whole film says, through the inspector's own way; and what is said without a reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from rdpgui.core.film import EndClass, EndText, FilmFacts, ReaderState
from rdpgui.media.facts_json import decodable_to_json, facts_from_json, facts_to_json
from rdpgui.media.inspect import inspect_film
from rdpgui.media.reader import model
from rdpgui.media.remote_file import LocalReader
from tests.reader.drawing import CENTRE, Canvas, Picture, families, font, spinner
from tests.reader.here import needs_reader
from tests.unit.media.conftest import Filmer, desktop

BLUE = QColor(0x0A, 0x5C, 0xAB)
WHITE = QColor("white")
SIZE = (640, 360)


def _screen(words: str, turn: float = 0.0, family: str = "") -> Picture:
    canvas = Canvas(*SIZE, BLUE if words else QColor("black"))
    spinner(canvas, SIZE[0] // 2, 140, 18 if words else 0, turn, WHITE if words else QColor("black"))
    place = QRect(0, 190, SIZE[0], 40)
    canvas.text(place, words, font(family or families("en")[0], 24), WHITE, CENTRE)
    return canvas.picture()


def _facts(path: Path) -> FilmFacts:
    reader = LocalReader(path)
    try:
        return inspect_film(reader, path.name).facts
    finally:
        reader.close()


def _film(folder: Path, *parts: tuple[float, str | None]) -> Path:
    """Return a film of 10 pictures a second; each part lasts some seconds and shows words, None for a desktop."""
    pictures, at_ms = [], 0
    for seconds, words in parts:
        for number in range(round(seconds * 10)):
            pictures.append((at_ms, desktop(*SIZE) if words is None else _screen(words, number * 0.7)))
            at_ms += 100
    return Filmer(folder).write(pictures, end_ms=at_ms)


@needs_reader
def test_that_a_film_names_its_end_and_when_it_is_first_seen(qapp: object, tmp_path: Path) -> None:
    facts = _facts(_film(tmp_path, (2.0, None), (1.5, "Restarting")))
    assert facts.reader is ReaderState.DONE
    assert facts.end_texts == (EndText(2.0, 3.5, EndClass.RESTART, "Restarting", "en", 15),)


@needs_reader
def test_that_texts_that_follow_each_other_and_a_black_end_are_told_in_order(qapp: object, tmp_path: Path) -> None:
    parts = (1.0, None), (1.0, "Signing out"), (1.2, "Shutting down"), (0.6, "")
    facts = _facts(_film(tmp_path, *parts))
    told = [(text.text_class, text.at_s, text.end_s) for text in facts.end_texts]
    assert told == [(EndClass.SIGNOUT, 1.0, 2.0), (EndClass.SHUTDOWN, 2.0, 3.2)]


@needs_reader
def test_that_a_running_per_cent_is_one_text(qapp: object, tmp_path: Path) -> None:
    parts = [(0.2, f"Working on updates  {n}% complete") for n in range(8, 16)]
    facts = _facts(_film(tmp_path, (1.0, None), *parts))
    assert [(text.text_class, text.at_s) for text in facts.end_texts] == [(EndClass.UPDATE, 1.0)]
    assert "15%" in facts.end_texts[0].text


def _page(words: str, below: str = "", ground: str = "white") -> Picture:
    """Return a page of text in a full screen: one sentence in its middle, and perhaps a few characters below."""
    canvas = Canvas(*SIZE, QColor(ground))
    ink = QColor("black") if ground == "white" else WHITE
    canvas.text(QRect(0, 160, SIZE[0], 40), words, font(families("en")[0], 24), ink, CENTRE)
    canvas.text(QRect(0, 230, SIZE[0], 30), below, font(families("en")[0], 16), ink, CENTRE)
    return canvas.picture()


@needs_reader
@pytest.mark.case("F12")
@pytest.mark.parametrize(
    ("words", "below", "ground"),
    [
        ("Restarting", [""], "white"),
        ("Please wait for the next speaker", ["3"], "white"),
        ("Shutting down", ["...", "..."], "#0a5cab"),
        ("Stopping services", ["|", ""], "#003a70"),
    ],
    ids=["alone", "a number below", "dots in a line", "a caret"],
)
def test_that_a_page_of_one_sentence_is_no_end_screen(
    qapp: object, tmp_path: Path, words: str, below: list[str], ground: str
) -> None:
    drawn = [_page(words, item, ground) for item in below]
    shown = [(at * 100, drawn[at % len(drawn)]) for at in range(12)]
    facts = _facts(Filmer(tmp_path).write(shown, end_ms=1200))
    assert (facts.reader, facts.end_texts) == (ReaderState.DONE, ())


@needs_reader
@pytest.mark.case("F12")
def test_that_a_single_picture_with_a_ring_of_dots_is_enough(qapp: object, tmp_path: Path) -> None:
    facts = _facts(_film(tmp_path, (1.0, None), (0.1, "Restarting")))
    assert [(text.text_class, text.at_s, text.pictures) for text in facts.end_texts] == [(EndClass.RESTART, 1.0, 1)]


def test_that_a_film_that_ends_with_a_desktop_needs_no_reader(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MODEL_PACKAGE", "no-such-package")
    facts = _facts(_film(tmp_path, (1.0, None)))
    assert (facts.end_texts, facts.reader) == ((), ReaderState.DONE)


def test_that_without_the_model_everything_else_is_told(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MODEL_PACKAGE", "no-such-package")
    facts = _facts(_film(tmp_path, (1.0, None), (0.5, "Restarting")))
    assert (facts.end_texts, facts.reader, facts.frame_count) == ((), ReaderState.MISSING, 15)
    assert decodable_to_json(facts)["end_texts"] is None


@needs_reader
def test_that_another_model_than_the_pinned_one_is_not_used(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MODEL_SHA256", "0" * 64)
    facts = _facts(_film(tmp_path, (0.5, "Restarting")))
    assert facts.reader is ReaderState.ALTERED


@needs_reader
def test_that_a_reader_that_fails_spoils_no_inspection(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "INPUT_HEIGHT", 16)  # onnxruntime refuses it
    facts = _facts(_film(tmp_path, (0.5, None), (0.5, "Restarting")))
    assert (facts.end_texts, facts.reader, facts.frame_count) == ((), ReaderState.FAILED, 10)


def test_that_the_facts_survive_the_way_from_the_child(tmp_path: Path) -> None:
    text = EndText(2.0, 3.5, EndClass.RESTART, "再起動しています", "ja", 15)
    facts = FilmFacts("mp4", "h264", 640, 360, 1, 3.5, 3.4, end_texts=(text,), reader=ReaderState.DONE)
    assert facts_from_json(facts_to_json(facts)) == facts
    told = {"at_s": 2.0, "end_s": 3.5, "class": "restart", "text": "再起動しています", "language": "ja", "pictures": 15}
    assert decodable_to_json(facts)["end_texts"] == [told]
