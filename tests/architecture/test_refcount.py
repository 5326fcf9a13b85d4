"""PySide6 6.12.0 loses a reference to None with every void call on Python 3.10 and 3.11 and aborts the process."""

import sys

from PySide6.QtCore import QObject


def test_that_void_qt_calls_keep_the_references_to_none() -> None:
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(200):
        thing.setObjectName("counted")
    assert sys.getrefcount(None) > before - 100
