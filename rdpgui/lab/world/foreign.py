"""``python -m rdpgui.lab.world.foreign PATH``: write a film that belongs to nobody in the lab.

Used by the fault ``object-foreign`` when no other film exists yet. It runs as a
process of its own, so that the endpoint never loads the video library.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

_SECONDS, _FPS = 5, 10


def write_film(path: Path) -> None:
    """Write five seconds of a grey desktop with a moving bar, titled as another instance's."""
    import av
    import numpy as np

    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata["title"] = "LAB i-0ffffffffffffffff"
        container.metadata["creation_time"] = datetime(2025, 4, 30, tzinfo=UTC).isoformat()
        stream = container.add_stream("libx264", rate=_FPS, options={"preset": "veryfast", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for index in range(_SECONDS * _FPS):
            picture = np.full((720, 1280, 3), 96, dtype=np.uint8)
            picture[340:380, 20 * index : 20 * index + 60] = 220
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


if __name__ == "__main__":
    write_film(Path(sys.argv[1]))
