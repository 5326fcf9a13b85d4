"""Drawn end screens: seven texts and more, in both languages, many sizes, fonts, grounds and qualities."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from rdpgui.core.film import EndClass
from tests.reader.drawing import CENTRE, LEFT, Canvas, Picture, families, font, spinner

Lines = tuple[str, ...]
TEXTS: dict[tuple[EndClass, str], tuple[Lines, ...]] = {
    (EndClass.RESTART, "en"): (("Restarting",),),
    (EndClass.RESTART, "ja"): (("再起動しています",),),
    (EndClass.SHUTDOWN, "en"): (("Shutting down",),),
    (EndClass.SHUTDOWN, "ja"): (("シャットダウンしています",),),
    (EndClass.SERVICES, "en"): (("Stopping services",),),
    (EndClass.SERVICES, "ja"): (("サービスを停止しています",),),
    (EndClass.SIGNOUT, "en"): (("Signing out",),),
    (EndClass.SIGNOUT, "ja"): (("サインアウトしています",),),
    (EndClass.UPDATE, "en"): (
        ("Working on updates", "{n}% complete", "Don't turn off your computer"),
        ("Working on updates  {n}% complete", "Don't turn off your computer"),
        ("Updates are underway {n}%", "Please keep your computer on"),
    ),
    (EndClass.UPDATE, "ja"): (
        ("更新プログラムを構成しています", "{n}% 完了", "コンピューターの電源を切らないでください"),
        ("更新プログラムを構成しています {n}%", "コンピューターの電源を切らないでください"),
    ),
    (EndClass.READY, "en"): (("Getting Windows ready", "Don't turn off your computer"),),
    (EndClass.READY, "ja"): (("Windows の準備をしています", "コンピューターの電源を切らないでください"),),
    (EndClass.UNDO, "en"): (("We couldn't complete the updates", "Undoing changes", "Don't turn off your computer"),),
    (EndClass.UNDO, "ja"): (
        ("更新プログラムを構成できませんでした", "変更を元に戻しています", "コンピューターの電源を切らないでください"),
    ),
    (EndClass.WAIT, "en"): (
        ("Please wait",),
        ("Please wait for the Group Policy Client",),
        ("Please wait for the User Profile Service",),
        ("Please wait for the Local Session Manager",),
    ),
    (EndClass.WAIT, "ja"): (("お待ちください",), ("Group Policy Client をお待ちください",)),
}
STOPS: dict[str, tuple[Lines, ...]] = {
    "en": (
        (
            "Your PC ran into a problem and needs to restart. We're just",
            "collecting some error info, and then we'll restart for you.",
            "{n}% complete",
            "Stop code: CRITICAL_PROCESS_DIED",
        ),
        (
            "Your device ran into a problem and needs to restart. We're just collecting",
            "some error info, and then we'll restart for you.",
            "{n}% complete",
            "Stop code: DRIVER_POWER_STATE_FAILURE",
        ),
    ),
    "ja": (
        (
            "PC に問題が発生したため、再起動する必要があります。",
            "エラー情報を収集しています。自動的に再起動します。",
            "{n}% 完了",
            "停止コード: CRITICAL_PROCESS_DIED",
        ),
    ),
}
SIZES = ((800, 600), (1280, 720), (1920, 1080), (2560, 1440))
EMS = (20, 22, 24, 28, 34, 40)
SCALES = (0.5, 0.75, 1.0, 1.0, 1.25, 1.5)
QUALITIES = (20, 26, 32, 38)
GROUNDS = (0x0078D7, 0x003A70, 0x000000, 0x0A5CAB, 0x004E8C, 0x2D7D9A, 0x744DA9, 0x4C4A48, 0xF3F3F3)


@dataclass(frozen=True, slots=True)
class EndScreen:
    """One drawn screen and what it says.

    Attributes:
        crf: quality of the film. em_px: size of its letters on the film. told: how it was drawn, for a list of misses.
    """

    picture: Picture
    text_class: EndClass
    language: str
    per_cent: int | None
    crf: int
    em_px: float
    told: str


def end_screen(random: Random, *, small: bool = False) -> EndScreen:
    """Return a screen.

    Args:
        random: decides everything.
        small: at most 1280 x 720, for a quick test.
    """
    language = random.choice([name for name in ("en", "ja") if families(name)])
    classes = [*dict.fromkeys(kind for kind, _ in TEXTS), EndClass.STOP]
    text_class = random.choice(classes)
    lines = random.choice(STOPS[language] if text_class is EndClass.STOP else TEXTS[text_class, language])
    width, height = random.choice(SIZES[:2] if small else SIZES)
    em, scale, family = random.choice(EMS), random.choice(SCALES), random.choice(families(language))
    n = random.randint(0, 100)
    share = n if any("{n}" in line for line in lines) else None
    words = [line.format(n=n) for line in lines]
    ground = QColor(random.choice(GROUNDS))
    canvas = Canvas(width, height, ground)
    ink = QColor("white") if ground.lightness() < 128 else QColor(0x20, 0x20, 0x20)
    (_stop if text_class is EndClass.STOP else _busy)(canvas, random, words, em, family, ink)
    crf = random.choice(QUALITIES)
    told = f"{width}x{height} em {em} x {scale} crf {crf} {family} {ground.name()} {words[0]!r}"
    return EndScreen(canvas.picture(scale), text_class, language, share, crf, em * scale, told)


def _busy(canvas: Canvas, random: Random, lines: list[str], em: int, family: str, ink: QColor) -> None:
    step = round(em * random.choice((1.35, 1.5, 1.7)))
    top = round(canvas.height * random.uniform(0.42, 0.6))
    where = random.choice(("above", "below", "left", "none"))
    turn, middle = random.uniform(0, 6.3), canvas.width // 2
    if where == "above":
        spinner(canvas, middle, top - round(em * 2.2), round(em * random.uniform(0.8, 1.3)), turn, ink)
    if where == "below":
        spinner(canvas, middle, top + step * len(lines) + round(em * 1.6), em, turn, ink)
    written = font(family, em)
    for number, line in enumerate(lines):
        place = QRect(0, top + number * step, canvas.width, round(em * 1.5))
        canvas.text(place, line, written, ink, CENTRE)
    if where == "left":
        canvas.painter.setFont(written)
        half = canvas.painter.fontMetrics().horizontalAdvance(lines[0]) // 2
        spinner(canvas, middle - half - em, top + round(em * 0.75), round(em * 0.4), turn, ink)


def _stop(canvas: Canvas, random: Random, lines: list[str], em: int, family: str, ink: QColor) -> None:
    left = round(canvas.width * random.uniform(0.08, 0.13))
    em = min(
        em, round(canvas.width * 0.8 / (max(len(line) for line in lines) * (1.0 if ord(lines[0][3]) > 255 else 0.6)))
    )
    top = round(canvas.height * random.uniform(0.3, 0.42))
    if random.random() < 0.5:
        canvas.text(QRect(left, top - em * 5, em * 6, em * 4), ":(", font(family, em * 3), ink)
    step = round(em * 1.5)
    for number, line in enumerate(lines):
        more = step if number == len(lines) - 1 else 0
        small = em if number < len(lines) - 1 else max(14, round(em * 0.7))
        place = QRect(left, top + number * step + more, canvas.width, step)
        canvas.text(place, line, font(family, small), ink, LEFT)
