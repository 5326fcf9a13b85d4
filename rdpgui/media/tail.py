"""How a picture looks: numbers on a small grey copy, and a class from them. A hint, never the verdict.

Thresholds were measured on synthetic recordings and found desktop, "Restarting" screen, plain colour and black to the
frame. The numbers are always shown with the class, because a plain blue desktop is not a shutdown.
"""

from __future__ import annotations

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rdpgui.core.film import TailClass, TailMetrics

GREY_WIDTH = 160
GREY_HEIGHT = 90
FLAT_STD_BELOW = 3.0
"""Standard deviation under which a picture has one colour."""
BLACK_LUMA_BELOW = 20.0
SOLID_TOP3_ABOVE = 0.93
"""Share of the three commonest grey levels: a plain ground with some text."""
SOLID_EDGES_BELOW = 0.02
EDGE_STEP = 24
"""Difference of neighbouring pixels, 0-255, from which on there is an edge."""
CHANGED_PIXEL_ABOVE = 6
"""Difference of one pixel in time that is movement and not compression noise."""
OVERLAY_ROWS = 2
"""Rows at the bottom of the grey copy that a painted clock covers."""

Grey = NDArray[np.uint8]


def grey_picture(frame: VideoFrame) -> Grey:
    """Return a 90 x 160 grey copy, uint8, 0 = black to 255 = white."""
    small = frame.reformat(width=GREY_WIDTH, height=GREY_HEIGHT, format="gray", interpolation="AREA")
    return np.asarray(small.to_ndarray(), dtype=np.uint8)


def tail_metrics(grey: Grey, *, overlay: bool = False) -> TailMetrics:
    """Return the numbers and the class of one picture.

    Args:
        grey: height x width, uint8.
        overlay: a painted clock covers the lowest rows; they are left out.
    """
    picture = grey[:-OVERLAY_ROWS] if overlay else grey
    counts = np.bincount(picture.ravel(), minlength=256)
    top3_share = float(np.sort(counts)[-3:].sum() / picture.size)
    signed = picture.astype(np.int16)
    steps = np.zeros(picture.shape, dtype=bool)
    steps[:, 1:] |= np.abs(np.diff(signed, axis=1)) > EDGE_STEP
    steps[1:, :] |= np.abs(np.diff(signed, axis=0)) > EDGE_STEP
    mean, std, edge_share = float(picture.mean()), float(picture.std()), float(steps.mean())
    return TailMetrics(
        tail_class=classify(mean, std, top3_share, edge_share),
        mean_luma=round(mean, 2),
        std=round(std, 2),
        top3_share=round(top3_share, 4),
        edge_share=round(edge_share, 4),
    )


def classify(mean_luma: float, std: float, top3_share: float, edge_share: float) -> TailClass:
    """Return the class of a picture from its numbers (0-255, 0-255, 0-1, 0-1)."""
    if std < FLAT_STD_BELOW:
        return TailClass.BLACK if mean_luma < BLACK_LUMA_BELOW else TailClass.UNIFORM
    if top3_share > SOLID_TOP3_ABOVE and edge_share < SOLID_EDGES_BELOW:
        return TailClass.SOLID_TEXT
    return TailClass.CONTENT


def changed_share(before: Grey, after: Grey) -> float:
    """Return the share of pixels that differ visibly, 0-1. The mean difference would miss a spinner."""
    difference = np.abs(before.astype(np.int16) - after.astype(np.int16))
    return float((difference > CHANGED_PIXEL_ABOVE).mean())
