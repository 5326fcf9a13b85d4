"""``python -m rdpgui.lab.world.foreign PATH [KIND SECONDS]``: write a film that belongs to nobody in the lab.

Used by the fault ``object-foreign`` when no other film exists yet, and for what people upload. It runs as a
process of its own, so that the endpoint never loads the video library.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from rdpgui.lab.scenario_people import FilmKind

_SECONDS, _FPS = 5.0, 10
_BARS = ((235, 235, 235), (235, 235, 16), (16, 235, 235), (16, 235, 16), (235, 16, 235), (235, 16, 16), (16, 16, 235))


def write_film(
    path: Path, kind: FilmKind = FilmKind.DESKTOP, seconds: float = _SECONDS, *, titled: bool = False
) -> None:
    """Write a film: a grey desktop with a moving bar, colour bars, or black; titled as another instance's, or bare."""
    import av
    import numpy as np

    still = np.full((720, 1280, 3), 96 if kind is FilmKind.DESKTOP else 0, dtype=np.uint8)
    if kind is FilmKind.BARS:
        for number, colour in enumerate(_BARS):
            still[:, number * 1280 // len(_BARS) : (number + 1) * 1280 // len(_BARS)] = colour
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        if titled:
            container.metadata["title"] = "LAB i-0ffffffffffffffff"
            container.metadata["creation_time"] = datetime(2025, 4, 30, tzinfo=UTC).isoformat()
        stream = container.add_stream("libx264", rate=_FPS, options={"preset": "veryfast", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for index in range(max(1, round(seconds * _FPS))):
            picture = still.copy()
            if kind is FilmKind.DESKTOP:
                left = 20 * index % 1220
                picture[340:380, left : left + 60] = 220
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


if __name__ == "__main__":
    if len(sys.argv) == 4:
        write_film(Path(sys.argv[1]), FilmKind(sys.argv[2]), float(sys.argv[3]))
    else:
        write_film(Path(sys.argv[1]), titled=True)
