"""One line of text in a picture as characters: PP-OCRv6 (small), run by onnxruntime.

The model is a file inside the package ``rapidocr``, of which nothing is imported: importing it would need what it
declares and this program does not install. Both are optional; nothing is ever fetched at run time.

Source: PaddleOCR text recognition; the shape of input and output was measured with the file pinned here.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from rdpgui.core.film import ReaderState

MODEL_PACKAGE = "rapidocr"
MODEL_FILE = "rapidocr/models/PP-OCRv6_rec_small.onnx"
MODEL_SHA256 = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
INPUT_HEIGHT = 48
MAX_INPUT_WIDTH = 3200
_BLANK = 0
_SPACE = " "

Luma = NDArray[np.uint8]
"""Height x width, 0 = black to 255 = white."""


class ReaderUnusable(Exception):
    """Nothing can be read; the film is told all the same."""

    state = ReaderState.FAILED


class ReaderMissing(ReaderUnusable):
    """What reads texts is not installed."""

    state = ReaderState.MISSING


class ReaderAltered(ReaderUnusable):
    """The model is another file than the one this program was measured with."""

    state = ReaderState.ALTERED


@dataclass(frozen=True, slots=True)
class Reading:
    """Characters read from one line.

    Attributes:
        text: what it says. confidence: mean probability of its characters, 0-1; 0 for an empty text.
    """

    text: str
    confidence: float


def model_bytes() -> bytes:
    """Return the model.

    Raises:
        ReaderMissing: it is not installed, or cannot be read.
        ReaderAltered: the file is not the one that is pinned.
    """
    try:
        path = Path(str(importlib.metadata.distribution(MODEL_PACKAGE).locate_file(MODEL_FILE)))
        data = path.read_bytes()
    except (importlib.metadata.PackageNotFoundError, OSError) as error:
        raise ReaderMissing(str(error)) from error
    if hashlib.sha256(data).hexdigest() != MODEL_SHA256:
        raise ReaderAltered(str(path))
    return data


class LineReader:
    """Reads one line at a time; about 20 ms for each 160 pixels of width at a height of 48.

    The model is loaded when the first line is read (0.1 s, 90 MB), and goes with the reader.
    """

    def __init__(self) -> None:
        self._session: Any = None
        self._entry = ""
        self._failures: tuple[type[Exception], ...] = ()
        self._characters: tuple[str, ...] = ()
        self._classes: dict[str, NDArray[np.intp]] = {}

    def _load(self) -> None:
        try:
            import onnxruntime  # optional, and slow to import
        except ImportError as error:
            raise ReaderMissing(str(error)) from error
        data = model_bytes()
        self._failures = _failures_of(onnxruntime)
        try:
            self._start(onnxruntime, data)
        except self._failures as error:
            raise ReaderUnusable(f"{type(error).__name__}: {error}") from error

    def _start(self, onnxruntime: ModuleType, data: bytes) -> None:
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # a second one gained nothing
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        self._entry = self._session.get_inputs()[0].name
        listed = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = ("", *(listed[:-1] if listed[-1] == "" else listed), _SPACE)

    def classes_of(self, characters: str) -> NDArray[np.intp]:
        """Return the classes of some characters and of the blank, for ``read``."""
        if self._session is None:
            self._load()
        known = self._classes.get(characters)
        if known is None:
            wanted = {"", *characters}
            numbers = [at for at, character in enumerate(self._characters) if character in wanted]
            known = self._classes[characters] = np.array(numbers, dtype=np.intp)
        return known

    def read(self, crop: Luma, only: NDArray[np.intp] | None = None) -> Reading:
        """Read one line.

        Args:
            crop: the line with a little ground around it.
            only: nothing but these classes is possible there, ascending; None for all.

        Raises:
            ReaderMissing, ReaderAltered: see ``model_bytes``.
            ReaderUnusable: onnxruntime failed, for lack of memory for example.
        """
        if self._session is None:
            self._load()
        try:
            found = np.asarray(self._session.run(None, {self._entry: _input_of(crop)})[0], dtype=np.float32)[0]
        except self._failures as error:
            raise ReaderUnusable(f"{type(error).__name__}: {error}") from error
        if found.shape[1] != len(self._characters):
            return Reading("", 0.0)
        classes = found if only is None else found[:, only]
        best = classes.argmax(axis=1)
        sure = classes[np.arange(len(best)), best]
        numbers = best if only is None else only[best]
        kept = (numbers != _BLANK) & np.append(True, numbers[1:] != numbers[:-1])
        if not kept.any():
            return Reading("", 0.0)
        text = "".join(self._characters[number] for number in numbers[kept])
        return Reading(text, float(sure[kept].mean()))


def _failures_of(onnxruntime: ModuleType) -> tuple[type[Exception], ...]:
    """Return the exceptions of onnxruntime, which have no class of their own in common."""
    kinds = vars(onnxruntime.capi.onnxruntime_pybind11_state).values()
    own = (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Exception))
    return (RuntimeError, *own)


def _input_of(crop: Luma) -> NDArray[np.float32]:
    """Return a line as the model takes it: 48 pixels high, -1 to 1, grey in each of three channels."""
    height, width = crop.shape
    wanted = min(MAX_INPUT_WIDTH, max(INPUT_HEIGHT, round(width * INPUT_HEIGHT / height)))
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(crop), format="gray")
    scaled = frame.reformat(wanted, INPUT_HEIGHT, "gray", interpolation=Interpolation.BICUBIC).to_ndarray()
    grey = scaled.astype(np.float32) / np.float32(127.5) - np.float32(1.0)
    return np.ascontiguousarray(np.broadcast_to(grey, (1, 3, *grey.shape)))
