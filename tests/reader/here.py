"""Whether what reads texts is on this machine: it is an option, and may have no wheel here."""

from __future__ import annotations

import importlib.util

import pytest

from rdpgui.media.reader.model import ReaderUnusable, model_bytes


def _why_not() -> str:
    if importlib.util.find_spec("onnxruntime") is None:
        return "onnxruntime is not installed (requirements-reader.lock)"
    try:
        model_bytes()
    except ReaderUnusable as error:
        return f"the model is not there: {error}"
    return ""


needs_reader = pytest.mark.skipif(bool(_why_not()), reason=_why_not() or "it is here")
