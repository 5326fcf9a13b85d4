"""What is read from single pictures: words of end screens, and nothing from desktops full of the same words."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from rdpgui.core.film import EndClass
from rdpgui.lab.guest import machine
from rdpgui.lab.guest.config import GuestConfig, Language
from rdpgui.lab.guest.desktop import Desktop
from rdpgui.lab.guest.scene import Scene
from rdpgui.lab.guest.screen import Display
from rdpgui.lab.guest.shell import Shell
from rdpgui.media.reader import vocabulary
from rdpgui.media.reader.lines import luma_of
from rdpgui.media.reader.model import LineReader
from rdpgui.media.reader.screen import read_screen
from tests.reader.campaign import desktops, end_screens
from tests.reader.drawing import CENTRE, Canvas, families, filmed, font
from tests.reader.end_screens import end_screen
from tests.reader.here import needs_reader

SAMPLE = 12
SMALL_EM_PX = 14


@pytest.fixture(scope="module")
def reader() -> LineReader:
    """The model, loaded once."""
    return LineReader()


@needs_reader
def test_that_end_screens_are_named_and_never_wrongly(qapp: object, reader: LineReader) -> None:
    legible = [n for n in range(2 * SAMPLE) if end_screen(Random(n), small=True).em_px >= SMALL_EM_PX][:SAMPLE]
    found = end_screens(reader, legible, small=True)
    assert found.counts["named wrongly"] == 0, found.misses
    assert found.counts["right"] >= 0.9 * len(legible), found.misses


@needs_reader
def test_that_no_desktop_full_of_the_same_words_is_an_end_screen(qapp: object, reader: LineReader) -> None:
    found = desktops(reader, range(SAMPLE), small=True)
    assert found.counts["named wrongly"] == 0, found.misses


@pytest.mark.parametrize(
    ("text", "text_class"),
    [
        ("Restarting", EndClass.RESTART),
        ("Restarling", EndClass.RESTART),
        ("ジ 更新プログラムを構成しています 35%", EndClass.UPDATE),
        ("Working on updates  35% complete", EndClass.UPDATE),
        ("Please wait for the Windows Modules Installer", EndClass.WAIT),
        ("ローカル セッション マネージャーをお待ちください", EndClass.WAIT),
        ("Don’t turn off your computer", None),
        ("シャットダウンしています...", EndClass.SHUTDOWN),
        ("lease wait for the Local Session Manage", EndClass.WAIT),
        ("ooo Please wait lor the Group Policy Client", EndClass.WAIT),
    ],
)
def test_that_a_line_is_known_by_its_letters(text: str, text_class: EndClass | None) -> None:
    found = vocabulary.match(text)
    assert found is not None
    assert found.phrase.text_class is text_class


@pytest.mark.parametrize(
    "text",
    [
        "Shut down",
        "Restart",
        "シャットダウン",
        "接続しています",
        "09:32 Restarting",
        "wait",
        "",
        "%",
        "Event 1074, User32",
        "Please wait until the backup has finished",
        "You will have to please wait for the next train",
        "C:\\> Stopping services",
        "C:|> Stopping services",
        "サインアウトしていますか？",
        "お待ちくださいか?",
        "Restarting?",
    ],
)
def test_that_a_button_a_line_of_a_log_and_other_words_are_not_taken_for_it(text: str) -> None:
    assert vocabulary.match(text) is None


@needs_reader
@pytest.mark.parametrize("language", ["en", "ja"])
def test_that_a_list_of_what_such_screens_say_is_none(qapp: object, reader: LineReader, language: str) -> None:
    words = {
        "en": ("Restarting", "Shutting down", "Stopping services", "Signing out"),
        "ja": ("再起動しています", "シャットダウンしています", "サービスを停止しています", "サインアウトしています"),
    }[language]
    for shown, named in ((words, False), (words[:1], True)):
        canvas = Canvas(640, 360, QColor(0x0A, 0x5C, 0xAB))
        for line, text in enumerate(shown):
            place = QRect(0, 120 + 44 * line, 640, 40)
            canvas.text(place, text, font(families(language)[0], 24), QColor("white"), CENTRE)
        found = read_screen(luma_of(filmed([canvas.picture()], 20)[-1]), reader)
        assert (found is not None) is named, found


@needs_reader
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("shown", "text_class"),
    [
        (machine.Screen.RESTART, EndClass.RESTART),
        (machine.Screen.SHUTDOWN, EndClass.SHUTDOWN),
        (machine.Screen.UPDATE, EndClass.UPDATE),
        (machine.Screen.STOP, EndClass.STOP),
    ],
)
def test_that_each_end_screen_of_the_lab_is_read_for_what_it_is(
    qapp: object, reader: LineReader, shown: machine.Screen, text_class: EndClass, language: Language
) -> None:
    display = Display(GuestConfig("i-0123456789abcdef0", "EC2AMAZ-LAB", "Administrator", "password", language=language))
    at = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    desktop = Desktop(1280, 720, Shell("EC2AMAZ-LAB", "Administrator", display.texts), display.texts)
    display.paint(Scene(shown, 1.0, 0.35, int(at.timestamp() * 1000), at, desktop))
    blue, green, red = (display.frame[:, :, channel].astype(np.float64) for channel in range(3))
    found = read_screen((0.114 * blue + 0.587 * green + 0.299 * red).astype(np.uint8), reader)
    assert found is not None
    assert found.text_class is text_class


def test_that_no_two_meanings_of_the_vocabulary_are_near_each_other() -> None:
    for phrase in vocabulary.PHRASES:
        found = vocabulary.match(phrase.text)
        assert found is not None
        assert (found.phrase.text_class, found.phrase.language) == (phrase.text_class, phrase.language)
