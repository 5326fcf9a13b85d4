"""Where things are on the desktop: plain integer rectangles, shared by input and painting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

TASKBAR_HEIGHT: Final = 48
TITLE_HEIGHT: Final = 34
CAPTION_BUTTON: Final = 46
MENU_ROW_HEIGHT: Final = 46
FLYOUT_ROW_HEIGHT: Final = 42
_MENU_WIDTH: Final = 340
_MENU_HEAD: Final = 56
_MENU_FOOT: Final = 56
_START_WIDTH: Final = 52
_SEARCH_WIDTH: Final = 236
_TASK_WIDTH: Final = 186


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels; right and bottom edges are outside of it."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Return the first column outside."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Return the first row outside."""
        return self.y + self.height

    def contains(self, x: int, y: int) -> bool:
        """Return whether the pixel is inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def moved_to(self, x: int, y: int) -> Rect:
        """Return the same size at another place."""
        return replace(self, x=x, y=y)


@dataclass(frozen=True, slots=True)
class Layout:
    """The fixed places of a desktop of this size."""

    width: int
    height: int
    menu_rows: int
    flyout_rows: int

    @property
    def taskbar(self) -> Rect:
        """Return the taskbar; its lowest eight rows stay free for the painted clock."""
        return Rect(0, self.height - TASKBAR_HEIGHT, self.width, TASKBAR_HEIGHT)

    @property
    def work_area(self) -> Rect:
        """Return the desktop without the taskbar."""
        return Rect(0, 0, self.width, self.height - TASKBAR_HEIGHT)

    @property
    def start_button(self) -> Rect:
        """Return the start button."""
        return Rect(0, self.taskbar.y, _START_WIDTH, TASKBAR_HEIGHT)

    @property
    def search_box(self) -> Rect:
        """Return the search box."""
        return Rect(_START_WIDTH + 4, self.taskbar.y + 7, _SEARCH_WIDTH, TASKBAR_HEIGHT - 14)

    def task_button(self, index: int) -> Rect:
        """Return the taskbar button of a window."""
        x = self.search_box.right + 10 + index * (_TASK_WIDTH + 4)
        return Rect(x, self.taskbar.y, _TASK_WIDTH, TASKBAR_HEIGHT)

    @property
    def menu(self) -> Rect:
        """Return the open start menu."""
        height = _MENU_HEAD + self.menu_rows * MENU_ROW_HEIGHT + _MENU_FOOT + 12
        return Rect(8, self.taskbar.y - height - 8, _MENU_WIDTH, height)

    def menu_row(self, index: int) -> Rect:
        """Return a row of the start menu."""
        menu = self.menu
        return Rect(menu.x + 8, menu.y + _MENU_HEAD + index * MENU_ROW_HEIGHT, menu.width - 16, MENU_ROW_HEIGHT)

    @property
    def power_button(self) -> Rect:
        """Return the power button in the foot of the start menu."""
        menu = self.menu
        return Rect(menu.right - 128, menu.bottom - 48, 120, 40)

    @property
    def flyout(self) -> Rect:
        """Return the open power menu."""
        height = self.flyout_rows * FLYOUT_ROW_HEIGHT + 12
        return Rect(self.power_button.x, self.power_button.y - height - 6, 236, height)

    def flyout_row(self, index: int) -> Rect:
        """Return a row of the power menu."""
        flyout = self.flyout
        y = flyout.y + 6 + index * FLYOUT_ROW_HEIGHT
        return Rect(flyout.x + 6, y, flyout.width - 12, FLYOUT_ROW_HEIGHT)

    @property
    def toast(self) -> Rect:
        """Return the place of a message."""
        return Rect(self.width - 396, self.taskbar.y - 126, 384, 112)


def title_bar(window: Rect) -> Rect:
    """Return the title bar of a window."""
    return Rect(window.x, window.y, window.width, TITLE_HEIGHT)


def close_button(window: Rect) -> Rect:
    """Return the close button of a window."""
    return Rect(window.right - CAPTION_BUTTON, window.y, CAPTION_BUTTON, TITLE_HEIGHT)


def minimise_button(window: Rect) -> Rect:
    """Return the minimise button of a window."""
    return Rect(window.right - 2 * CAPTION_BUTTON, window.y, CAPTION_BUTTON, TITLE_HEIGHT)
