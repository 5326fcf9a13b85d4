"""A second decoder, where the machine has one: ffprobe sees as many pictures, the last of them at the same time."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from rdpgui.media.inspect import inspect_film
from rdpgui.media.remote_file import MemoryReader
from tests.films.damage import bases
from tests.helpers.limits import limit_s

FFPROBE = shutil.which("ffprobe")
pytestmark = pytest.mark.skipif(FFPROBE is None, reason="ffprobe is not on this machine: there is no second decoder")
LIMIT_S = 30.0


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return bases(tmp_path_factory.mktemp("films"))


@pytest.mark.parametrize("name", ["b-front", "b-fragments", "variable-last", "one-key-fragments", "mpeg4-front"])
def test_that_a_second_decoder_sees_the_same_film(films: dict[str, bytes], tmp_path: Path, name: str) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(films[name])
    shown = ["-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time", "-of", "json"]
    command = [str(FFPROBE), "-v", "error", *shown, str(path)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=limit_s(LIMIT_S))
    times = sorted(float(frame["best_effort_timestamp_time"]) for frame in json.loads(done.stdout)["frames"])
    facts = inspect_film(MemoryReader(films[name]), "film.mp4").facts
    assert facts.frame_count == len(times)
    assert facts.last_frame_pts_s == pytest.approx(times[-1] - times[0], abs=1e-5)
