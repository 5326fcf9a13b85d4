"""Read the painted frame number of a still."""

from __future__ import annotations

import numpy as np

from rdpgui.core.film import Still
from tests.helpers import corpus


def number_of(still: Still) -> int | None:
    """Return the number painted into a still of the corpus."""
    rgb = np.frombuffer(still.rgb, dtype=np.uint8).reshape(still.height, still.width, 3)
    return corpus.read_number(rgb[:, :, 0])
