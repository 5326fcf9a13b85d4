"""Drawn desktops, editors, pages and dialogs full of the very words that end screens say; none of them is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor

from tests.reader.drawing import CENTRE, LEFT, Canvas, Picture, colour, families, font
from tests.reader.end_screens import QUALITIES, SIZES, STOPS, TEXTS

WORDS = {
    language: [
        line.format(n=35) for (_, of), texts in TEXTS.items() if of == language for text in texts for line in text
    ]
    + [line.format(n=35) for text in STOPS[language] for line in text]
    for language in ("en", "ja")
}
OTHERS = {
    "en": ["Event 1074, User32", "The process was started by SYSTEM", "Shut down", "Restart", "backup finished", "OK"],
    "ja": ["イベント 1074、User32", "プロセスは SYSTEM が開始", "シャットダウン", "再起動", "バックアップ完了", "了解"],
}
RIGHT_BOTTOM = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom


@dataclass(frozen=True, slots=True)
class Desk:
    """One drawn desktop; ``kind`` names it in a list of misses."""

    picture: Picture
    crf: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Pen:
    """What a kind of desktop is drawn with."""

    canvas: Canvas
    random: Random
    language: str
    family: str
    em: int

    def words(self) -> str:
        """Return some of the words, or others."""
        return self.random.choice(WORDS[self.language] if self.random.random() < 0.7 else OTHERS[self.language])

    def line(self, x: int, y: int, words: str, ink: QColor, *, em: int = 0) -> None:
        """Write one line."""
        size = em or self.em
        self.canvas.text(QRect(x, y, self.canvas.width, size * 2), words, font(self.family, size), ink, LEFT)

    def column(self, x: int, top: int, bottom: int, ink: QColor, *, number: bool = False) -> None:
        """Write lines down to a place."""
        for count, y in enumerate(range(top, bottom - self.em * 2, round(self.em * 1.6))):
            if self.random.random() < 0.85:
                self.line(x, y, f"{count:3d}  {self.words()}" if number else self.words(), ink)

    def taskbar(self) -> None:
        """Draw one, with a clock."""
        height = self.random.choice((40, 48))
        top = self.canvas.height - height
        self.canvas.fill(QRect(0, top, self.canvas.width, height), colour(self.random, 10, 60))
        for number in range(5):
            self.canvas.fill(QRect(12 + number * 48, top + 10, 24, 20), colour(self.random, 90, 250))
        place = QRect(0, top, self.canvas.width - 14, height)
        of = font(self.family, 12)
        self.canvas.text(place, "13:28\n2026/11/29", of, QColor("white"), Qt.AlignmentFlag.AlignRight)

    def window(self, x: int, y: int, width: int, height: int, *, dark: bool) -> QRect:
        """Draw one with a title and return the room in it."""
        frame = QRect(x, y, width, height)
        self.canvas.fill(frame, QColor(0x20, 0x20, 0x20) if dark else QColor("white"))
        self.canvas.fill(QRect(x, y, width, 30), QColor(0x33, 0x33, 0x33) if dark else QColor(0xE9, 0xEE, 0xF5))
        self.line(x + 10, y, self.words(), QColor("white" if dark else "black"), em=14)
        return frame.adjusted(8, 34, -8, -8)


def _notepad(pen: _Pen) -> None:
    pen.taskbar()
    w, h = pen.canvas.width, pen.canvas.height
    room = pen.window(w // 8, h // 10, w * 3 // 4, h * 3 // 4, dark=False)
    pen.column(room.left(), room.top(), room.bottom(), QColor("black"))


def _full_editor(pen: _Pen) -> None:
    dark = pen.random.random() < 0.5
    pen.canvas.fill(
        QRect(0, 0, pen.canvas.width, pen.canvas.height), QColor(0x1E, 0x1E, 0x1E) if dark else QColor("white")
    )
    ink = QColor(0xD4, 0xD4, 0xD4) if dark else QColor("black")
    begin = pen.random.choice((0.05, 0.3, 0.5))
    pen.column(pen.random.choice((8, 60)), round(pen.canvas.height * begin), pen.canvas.height, ink, number=dark)


def _terminal(pen: _Pen) -> None:
    pen.canvas.fill(QRect(0, 0, pen.canvas.width, pen.canvas.height), QColor("black"))
    count = pen.random.randint(1, 12)
    for number in range(count):
        pen.line(6, 4 + round(number * pen.em * 1.4), f"C:\\> {pen.words()}", QColor(0xCC, 0xCC, 0xCC))
    pen.line(6, 4 + round(count * pen.em * 1.4), "C:\\>", QColor(0xCC, 0xCC, 0xCC))


def _page(pen: _Pen) -> None:
    white = QColor("white")
    pen.canvas.fill(QRect(0, 0, pen.canvas.width, pen.canvas.height), white)
    framed = pen.random.random() < 0.6
    if framed:
        pen.canvas.fill(QRect(0, 0, pen.canvas.width, 74), QColor(0xDE, 0xE1, 0xE6))
        pen.canvas.fill(QRect(90, 40, pen.canvas.width - 200, 26), white)
        pen.line(110, 33, "https://learn.microsoft.com/troubleshoot/azure", QColor("black"), em=14)
    top = round(pen.canvas.height * pen.random.uniform(0.3, 0.5))
    head = font(pen.family, pen.em + 8)
    pen.canvas.text(QRect(0, top, pen.canvas.width, 60), pen.words(), head, QColor("black"), CENTRE)
    for number in range(pen.random.randint(1, 4)):
        of = font(pen.family, max(16, pen.em - 6))
        place = QRect(0, top + 70 + number * 34, pen.canvas.width, 34)
        body = f"{pen.words()}: {pen.words()} {pen.random.randint(2, 99)}"
        pen.canvas.text(place, body, of, QColor(0x33, 0x33, 0x33), CENTRE)


def _centred_log(pen: _Pen) -> None:
    pen.canvas.fill(QRect(0, 0, pen.canvas.width, pen.canvas.height), QColor(0x0B, 0x2A, 0x4F))
    top = round(pen.canvas.height * 0.3)
    for number in range(pen.random.randint(3, 6)):
        words = f"{number + 9:02d}:{pen.random.randint(0, 59):02d} {pen.words()}"
        place = QRect(0, top + round(number * pen.em * 1.7), pen.canvas.width, pen.em * 2)
        pen.canvas.text(place, words, font(pen.family, pen.em), QColor("white"), CENTRE)


def _dialog(pen: _Pen) -> None:
    if pen.random.random() < 0.5:
        pen.taskbar()
    width, height = 460, 190
    x, y = (pen.canvas.width - width) // 2, (pen.canvas.height - height) // 2
    room = pen.window(x, y, width, height, dark=pen.random.random() < 0.4)
    size = min(pen.em, 20)
    grey = QColor(0x80, 0x80, 0x80)
    pen.canvas.text(room.adjusted(0, 0, 0, -50), pen.words(), font(pen.family, size), grey, CENTRE)
    for number, words in enumerate(("OK", OTHERS[pen.language][2])):
        button = QRect(x + 190 + number * 130, y + height - 46, 120, 32)
        pen.canvas.fill(button, QColor(0x00, 0x67, 0xC0))
        pen.canvas.text(button, words, font(pen.family, 14), QColor("white"), CENTRE)


def _toast(pen: _Pen) -> None:
    x, y = pen.canvas.width - 380, pen.canvas.height - 150 - (48 if pen.random.random() < 0.5 else 0)
    if y < pen.canvas.height - 150:
        pen.taskbar()
    pen.canvas.fill(QRect(x, y, 364, 110), QColor(0x2B, 0x2B, 0x2B))
    pen.line(x + 14, y + 6, pen.words(), QColor("white"), em=16)
    pen.line(x + 14, y + 44, pen.words(), QColor(0xBB, 0xBB, 0xBB), em=14)


def _slide(pen: _Pen) -> None:
    ground = colour(pen.random, 225, 255) if pen.random.random() < 0.5 else colour(pen.random, 0, 60)
    pen.canvas.fill(QRect(0, 0, pen.canvas.width, pen.canvas.height), ground)
    ink = QColor("black") if ground.lightness() > 128 else QColor("white")
    middle = QRect(0, round(pen.canvas.height * 0.4), pen.canvas.width, pen.em * 3)
    pen.canvas.text(middle, pen.words(), font(pen.family, pen.em + 12), ink, CENTRE)
    if pen.random.random() < 0.6:
        for number in range(pen.random.randint(1, 3)):
            y = middle.bottom() + number * pen.em * 2
            pen.line(pen.canvas.width // 5, y, f"•  {pen.words()}", ink)
        return
    foot = f"Operations handbook · {pen.random.randint(2, 60)} / 64"
    area = QRect(0, 0, pen.canvas.width - 30, pen.canvas.height - 16)
    pen.canvas.text(area, foot, font(pen.family, 16), ink, RIGHT_BOTTOM)


def _explorer(pen: _Pen) -> None:
    pen.taskbar()
    room = pen.window(0, 0, pen.canvas.width, pen.canvas.height - 48, dark=pen.random.random() < 0.3)
    ink = QColor(0x77, 0x77, 0x77)
    for y in range(room.top() + 10, room.bottom() - 30, 30):
        pen.canvas.fill(QRect(room.left() + 180, y + 8, 16, 16), QColor(0xE8, 0xB3, 0x39))
        pen.line(room.left() + 206, y, f"{pen.words()}.txt", ink, em=14)
        pen.line(room.left() + 620, y, "2026/11/29 13:28", ink, em=14)


def _corner(pen: _Pen) -> None:
    x = pen.random.choice((20, round(pen.canvas.width * 0.62)))
    y = pen.random.choice((20, round(pen.canvas.height * 0.45), pen.canvas.height - 90))
    for number in range(pen.random.randint(1, 2)):
        pen.line(x, y + number * pen.em * 2, pen.words(), QColor("white"))


def _sign_in(pen: _Pen) -> None:
    pen.canvas.painter.setBrush(QColor(255, 255, 255, 90))
    pen.canvas.painter.setPen(Qt.PenStyle.NoPen)
    middle, top = pen.canvas.width // 2, round(pen.canvas.height * 0.28)
    pen.canvas.painter.drawEllipse(middle - 60, top - 60, 120, 120)
    name = QRect(0, top + 80, pen.canvas.width, 44)
    pen.canvas.text(name, "Administrator", font(pen.family, 30), QColor("white"), CENTRE)
    pen.canvas.fill(QRect(middle - 140, top + 140, 280, 36), QColor("white"))
    below = QRect(0, top + 190, pen.canvas.width, 40)
    pen.canvas.text(below, pen.words(), font(pen.family, 18), QColor("white"), CENTRE)


def _paper(pen: _Pen) -> None:
    pen.canvas.fill(QRect(0, 0, pen.canvas.width, pen.canvas.height), QColor(0x52, 0x56, 0x59))
    width = pen.canvas.height * 3 // 4
    left = (pen.canvas.width - width) // 2
    pen.canvas.fill(QRect(left, 20, width, pen.canvas.height), QColor("white"))
    pen.column(left + 50, 80, pen.canvas.height, QColor("black"))


def _plain(pen: _Pen) -> None:
    pen.taskbar()
    for number in range(pen.random.randint(1, 5)):
        pen.canvas.fill(QRect(28, 24 + number * 92, 44, 44), colour(pen.random, 60, 255))
        place = QRect(0, 70 + number * 92, 104, 22)
        pen.canvas.text(place, pen.words()[:14], font(pen.family, 13), QColor("white"), CENTRE)


KINDS: tuple[Callable[[_Pen], None], ...] = (
    _notepad, _full_editor, _terminal, _page, _centred_log, _dialog, _toast, _slide, _explorer, _corner, _sign_in,
    _paper, _plain,
)  # fmt: skip


def desk(random: Random, *, small: bool = False) -> Desk:
    """Return a desktop.

    Args:
        random: decides everything.
        small: at most 1280 x 720, for a quick test.
    """
    language = random.choice([name for name in ("en", "ja") if families(name)])
    width, height = random.choice(SIZES[:2] if small else SIZES)
    canvas = Canvas(width, height, colour(random, 0, 160))
    kind = random.choice(KINDS)
    kind(_Pen(canvas, random, language, random.choice(families(language)), random.choice((16, 18, 20, 24, 28))))
    return Desk(canvas.picture(random.choice((0.75, 1.0, 1.0))), random.choice(QUALITIES), kind.__name__.strip("_"))
