"""Stored pictures as their film says they are shown: stretched, mirrored, turned."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QTransform

from rdpgui.core.film import PictureShape


def shaped(image: QImage, shape: PictureShape, *, moving: bool = False) -> QImage:
    """Return a picture to be shown; the same image when it is stored that way.

    Args:
        image: with the stored pixels; never changed.
        shape: as the film states it.
        moving: one of many pictures, which is stretched quickly.
    """
    if shape == PictureShape() or image.isNull():
        return image
    wide, high = image.width(), image.height()
    if shape.pixel_width > shape.pixel_height:
        wide = round(wide * shape.pixel_width / shape.pixel_height)
    elif shape.pixel_width < shape.pixel_height:
        high = round(high * shape.pixel_height / shape.pixel_width)
    if (wide, high) != (image.width(), image.height()):
        way = Qt.TransformationMode.FastTransformation if moving else Qt.TransformationMode.SmoothTransformation
        image = image.scaled(wide, high, Qt.AspectRatioMode.IgnoreAspectRatio, way)
    turn = QTransform().rotate(shape.turned_deg)
    if shape.mirrored:
        turn.scale(-1, 1)
    return image.transformed(turn) if not turn.isIdentity() else image
