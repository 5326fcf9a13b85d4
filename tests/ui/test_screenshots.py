"""Pictures of the window show it as a person sees it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from rdpgui.app import screenshots
from rdpgui.core.settings import Settings

if TYPE_CHECKING:
    from rdpgui.app.program import Program


def test_that_the_window_on_the_pictures_wears_the_style_sheet(qapp: QApplication, tmp_path: Path) -> None:
    qapp.setStyleSheet("")
    worn: list[str] = []

    async def work(_program: Program) -> None:
        worn.append(qapp.styleSheet())

    screenshots._with_program(Settings(), None, tmp_path, work)
    assert worn != [""]
    qapp.setStyleSheet("")
