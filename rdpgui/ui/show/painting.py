"""Where everything of a scene stands. All lengths are of a screen of 1,080 lines, and grow with the screen."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from rdpgui.ui.icons import pixmap
from rdpgui.ui.show.diagram import paint_diagram
from rdpgui.ui.show.scene import Fact, Figure, Scene, Step
from rdpgui.ui.show.writing import Writer
from rdpgui.ui.theme import tokens
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.screen_picture import PICTURE_TEXT

_SIDE, _TOP, _GUTTER = 72, 40, 48
_DIMMED = QColor(8, 11, 17, 205)
_ON_PICTURE = QColor(12, 16, 24, 240)
_LAB, _ON_LAB = "#b996ff", "#1d0f38"
_PICTURE_SHARE, _LIVE_SHARE = 0.66, 0.62
"""Of the width, at most: the rest is read."""


class Pictures(Protocol):
    """Has the picture of the scene."""

    @property
    def image(self) -> QImage:
        """The picture; null without one."""

    def fitting(self, size: QSize) -> QImage:
        """Return it in as many pixels as it is shown in."""


class Painting:
    """Paints one scene once.

    Args:
        painter: of the widget. writer: on it. scene: what is painted. pictures: has its picture.
    """

    def __init__(self, painter: QPainter, writer: Writer, scene: Scene, pictures: Pictures) -> None:
        self._painter = painter
        self._writer = writer
        self._scene = scene
        self._pictures = pictures
        self._px = writer.px

    def paint(self, whole: QRectF) -> None:
        """Paint head, sentence and what is shown for it."""
        px, scene, writer = self._px, self._scene, self._writer
        room = whole.adjusted(px(_SIDE), px(_TOP), -px(_SIDE), -px(8))
        self._head(QRectF(room.left(), room.top(), room.width(), px(46)))
        top = room.top() + px(64)
        box = QRectF(room.left(), top, room.width(), px(140))
        body = QRectF(room)
        body.setTop(top + writer.block(box, scene.title, 54, tokens().text, bold=True) + px(24))
        match scene.step:
            case Step.QUESTION:
                self._question(body)
            case Step.PLAN:
                self._plan(body)
            case Step.LIVE:
                self._live(body)
            case Step.FILM:
                self._film(body)
            case Step.VERDICT:
                self._verdict(body)

    # -- parts -----------------------------------------------------------------

    def _head(self, box: QRectF) -> None:
        scene, writer, px, t = self._scene, self._writer, self._px, tokens()
        left = box.left()
        if scene.lab:
            left = self._lab_mark(QRectF(left, box.top(), 0, box.height())) + px(24)
        kicker = writer.line(QRectF(left, box.top(), box.width() * 0.45, box.height()), scene.kicker, 28, t.dim)
        rest = QRectF(left + kicker + px(30), box.top(), 0, box.height())
        rest.setRight(box.right())
        writer.line(rest, scene.subject, 26, t.dim, right=True)

    def _lab_mark(self, box: QRectF) -> float:
        writer, painter = self._writer, self._painter
        box.setWidth(writer.width("LAB", 28, bold=True) + self._px(40))
        path = QPainterPath()
        path.addRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.fillPath(path, QColor(_LAB))
        writer.line(box, "LAB", 28, _ON_LAB, bold=True, middle=True)
        return box.right()

    def _mark(self, box: QRectF, fact: Fact) -> None:
        """Paint an icon, or a number in a ring."""
        t = tokens()
        if fact.mark.isdigit():
            self._painter.setPen(QPen(QColor(t.accent), self._px(3)))
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawEllipse(box)
            self._writer.line(box, fact.mark, 26, t.text, bold=True, middle=True)
            return
        ratio = self._painter.device().devicePixelRatioF()
        picture = pixmap(fact.mark, t.tone(fact.tone), max(8, round(box.width())), ratio)
        self._painter.drawPixmap(box.toRect(), picture)

    def _picture(self, box: QRectF) -> QRectF:
        """Paint the picture as large as it fits, from the top left; return its place."""
        image, painter, px = self._pictures.image, self._painter, self._px
        shape = image.size() if not image.isNull() else QSize(16, 9)
        size = shape.scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(box.left(), box.top(), size.width(), size.height())
        path = QPainterPath()
        path.addRoundedRect(area, px(12), px(12))
        painter.fillPath(path, QColor(tokens().sunken))
        painter.save()
        painter.setClipPath(path)
        if not image.isNull():
            painter.drawImage(area, self._pictures.fitting(size))
        painter.restore()
        painter.setPen(QPen(QColor(tokens().border), px(2)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        self._on_picture(area, path)
        return area

    def _on_picture(self, area: QRectF, path: QPainterPath) -> None:
        scene, writer, px = self._scene, self._writer, self._px
        none = self._pictures.image.isNull()
        words = scene.instead if none else scene.waits
        if words:
            if not none:
                self._painter.fillPath(path, _DIMMED)
            middle = QRectF(area.left() + px(30), area.center().y() - px(40), area.width() - px(60), px(80))
            writer.line(middle, words, 44, tokens().text if none else PICTURE_TEXT, bold=True, middle=True)
        if none:
            return
        bottom = QRectF(area.left() + px(20), area.bottom() - px(66), 0, px(48))
        if scene.lab:
            bottom.moveLeft(self._lab_mark(QRectF(bottom)) + px(12))
        if scene.caption:
            room = area.right() - px(20) - bottom.left()
            bottom.setWidth(min(room, writer.width(scene.caption, 26) + px(36)))
            self._painter.fillRect(bottom, _ON_PICTURE)
            inside = bottom.adjusted(px(18), 0, -px(16), 0)
            writer.line(inside, scene.caption, 26, PICTURE_TEXT)

    def _figures(self, box: QRectF, large: float = 56) -> float:
        """Write numbers with their titles; return where they end."""
        top = box.top()
        for figure in self._scene.figures:
            top = self._figure(QRectF(box.left(), top, box.width(), box.bottom() - top), figure, large)
        return top

    def _figure(self, box: QRectF, figure: Figure, large: float) -> float:
        writer, px, t, top = self._writer, self._px, tokens(), box.top()
        room = QRectF(box.left(), top, box.width(), min(px(76), box.height()))
        top += writer.block(room, figure.title, 26, t.dim)
        line = QRectF(box.left(), top, box.width(), px(large * 1.48))
        writer.line(line, figure.value, large, t.text, bold=True)
        top = line.bottom()
        if figure.note:
            writer.line(QRectF(box.left(), top, box.width(), px(40)), figure.note, 26, t.dim)
            top += px(40)
        return top + px(22)

    # -- steps -----------------------------------------------------------------

    def _question(self, body: QRectF) -> None:
        writer, px, t = self._writer, self._px, tokens()
        width = body.width() * 0.47
        top = body.top()
        top += writer.block(QRectF(body.left(), top, width, px(270)), self._scene.lead, 36, t.text) + px(44)
        for fact in self._scene.facts:
            self._mark(QRectF(body.left(), top + px(2), px(40), px(40)), fact)
            room = QRectF(body.left() + px(60), top, width - px(60), px(90))
            top += max(px(44), writer.block(room, fact.text, 32, t.text, bold=True)) + px(26)
        paint_diagram(
            self._painter,
            writer,
            QRectF(body.left() + body.width() * 0.53, body.top(), body.width() * 0.47, body.height()),
        )

    def _plan(self, body: QRectF) -> None:
        writer, px, t = self._writer, self._px, tokens()
        if not self._scene.facts:
            writer.block(body, self._scene.lead, 36, t.dim)
            return
        each = min(px(146), body.height() / len(self._scene.facts))
        for place, fact in enumerate(self._scene.facts):
            top = body.top() + place * each
            self._mark(QRectF(body.left(), top + px(2), px(52), px(52)), fact)
            left, width = body.left() + px(84), body.width() - px(84)
            writer.line(QRectF(left, top, width, px(54)), fact.text, 38, t.text, bold=True)
            writer.block(QRectF(left, top + px(56), width, each - px(58)), fact.note, 28, t.dim)

    def _live(self, body: QRectF) -> None:
        writer, px, t = self._writer, self._px, tokens()
        log_height = px(5 * 38)
        picture = QRectF(body.left(), body.top(), body.width() * _LIVE_SHARE, body.height())
        area = self._picture(picture)
        left = area.right() + px(_GUTTER)
        side = QRectF(left, body.top(), body.right() - left, body.height() - log_height - px(20))
        each = min(px(66), side.height() / max(1, len(self._scene.facts)))
        for place, fact in enumerate(self._scene.facts):
            row = QRectF(side.left(), side.top() + place * each, side.width(), each)
            self._phase(row, fact)
        lines = QRectF(left, body.bottom() - log_height, body.right() - left, px(38))
        self._painter.setPen(QPen(QColor(t.border), px(2)))
        self._painter.drawLine(
            QPointF(lines.left(), lines.top() - px(10)), QPointF(lines.right(), lines.top() - px(10))
        )
        for text, height in self._newest(self._scene.log, lines.width(), log_height):
            lines.setHeight(height)
            writer.block(lines, text, 24, t.dim)
            lines.translate(0, height)

    def _newest(self, texts: tuple[str, ...], width: float, room: float) -> list[tuple[str, float]]:
        """Return the last lines that fit into a room whole, each with its height."""
        found: list[tuple[str, float]] = []
        for text in reversed(texts):
            height = max(self._px(38), self._writer.height(width, text, 24) + self._px(6))
            room -= height
            if room < 0 and found:
                break
            found.insert(0, (text, height))
        return found

    def _phase(self, row: QRectF, fact: Fact) -> None:
        writer, px, t = self._writer, self._px, tokens()
        middle = row.center().y()
        self._mark(QRectF(row.left(), middle - px(15), px(30), px(30)), fact)
        quiet = fact.tone is Tone.IDLE
        note = min(writer.width(fact.note, 24), row.width() * 0.5)
        line = QRectF(row.left() + px(44), row.top(), row.width() - px(44) - note - px(16), row.height())
        writer.line(line, fact.text, 28, t.dim if quiet else t.text, bold=fact.strong)
        colour = t.tone(fact.tone) if fact.strong else t.dim
        writer.line(QRectF(row.right() - note, row.top(), note + 1, row.height()), fact.note, 24, colour, right=True)

    def _film(self, body: QRectF) -> None:
        area = self._picture(QRectF(body.left(), body.top(), body.width() * _PICTURE_SHARE, body.height()))
        left = area.right() + self._px(_GUTTER)
        self._figures(QRectF(left, body.top(), body.right() - left, body.height()))

    def _verdict(self, body: QRectF) -> None:
        writer, px, scene, t = self._writer, self._px, self._scene, tokens()
        left = QRectF(body.left(), body.top(), body.width() * 0.34, body.height())
        writer.line(
            QRectF(left.left(), left.top(), left.width(), px(150)), scene.word, 128, t.tone(scene.tone), bold=True
        )
        top = left.top() + px(174)
        if scene.lead:
            writer.block(QRectF(left.left(), top, body.width(), body.bottom() - top), scene.lead, 34, t.dim)
            return
        top = self._figures(QRectF(left.left(), top, left.width(), left.bottom() - top))
        if scene.pictured and not self._pictures.image.isNull():
            self._picture(QRectF(left.left(), top, left.width(), max(0.0, left.bottom() - top)))
        right = QRectF(left.right() + px(_GUTTER + 16), body.top(), 0, body.height())
        right.setRight(body.right())
        for fact, height in zip(scene.facts, self._shares(right), strict=True):
            self._check(QRectF(right.left(), right.top(), right.width(), height), fact)
            right.setTop(right.top() + height)

    def _shares(self, room: QRectF) -> list[float]:
        """Return how high each check may be: what it needs and a share of the rest, or all alike where that is less."""
        facts, px = self._scene.facts, self._px
        width = room.width() - px(58)
        needed = [px(46) + self._writer.height(width, fact.note, 24) for fact in facts]
        spare = room.height() - sum(needed)
        if spare < 0:
            return [room.height() / len(facts)] * len(facts)
        return [height + spare / len(facts) for height in needed]

    def _check(self, box: QRectF, fact: Fact) -> None:
        writer, px, t = self._writer, self._px, tokens()
        self._mark(QRectF(box.left(), box.top() + px(3), px(38), px(38)), fact)
        left, width = box.left() + px(58), box.width() - px(58)
        writer.line(QRectF(left, box.top(), width, px(44)), fact.text, 32, t.text, bold=True)
        writer.block(QRectF(left, box.top() + px(46), width, box.height() - px(46)), fact.note, 24, t.dim)
