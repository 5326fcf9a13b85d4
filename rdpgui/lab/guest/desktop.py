"""The desktop as a person uses it: windows, start menu, toast, pointer and keyboard. No Qt, no clock of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from rdpgui.lab.guest.keys import ALT, CONTROL, ENTER, SUPER, Keysym, character
from rdpgui.lab.guest.layout import Layout, Rect, close_button, minimise_button, title_bar
from rdpgui.lab.guest.machine import Action
from rdpgui.lab.guest.requests import PowerRequest, Request, ToastRequest
from rdpgui.lab.guest.shell import Shell
from rdpgui.lab.guest.texts import Texts


class WindowKind(StrEnum):
    """The windows of the desktop, in the order of their taskbar buttons."""

    SERVER_MANAGER = "server-manager"
    CONSOLE = "console"


class MenuRow(StrEnum):
    """Rows of the start menu, top to bottom."""

    SERVER_MANAGER = "server-manager"
    CONSOLE = "console"
    BACKUP_JOB = "backup-job"
    ABOUT = "about"


class PowerRow(StrEnum):
    """Rows of the power menu, top to bottom."""

    RESTART = "restart"
    SHUT_DOWN = "shut-down"
    UPDATE_RESTART = "update-restart"


MENU_ROWS: Final[Sequence[MenuRow]] = tuple(MenuRow)
POWER_ROWS: Final[Sequence[PowerRow]] = tuple(PowerRow)
WINDOW_KINDS: Final[Sequence[WindowKind]] = tuple(WindowKind)
POWER_FOCUS: Final = len(MENU_ROWS)
_BACKUP_FILES: Final = 12

_POWER_REQUESTS: Final = {
    PowerRow.RESTART: PowerRequest(Action.RESTART),
    PowerRow.SHUT_DOWN: PowerRequest(Action.SHUTDOWN),
    PowerRow.UPDATE_RESTART: PowerRequest(Action.RESTART, update=True),
}


class StartMenu:
    """The start menu and its power menu.

    Attributes:
        focus: highlighted row; ``POWER_FOCUS`` is the power button, None nothing.
        power_focus: highlighted row of the power menu, None while that menu is closed.
    """

    def __init__(self) -> None:
        self.open = False
        self.focus: int | None = None
        self.power_focus: int | None = None

    def toggle(self) -> None:
        """Open or close the menu."""
        was_open = self.open
        self.close()
        self.open = not was_open

    def close(self) -> None:
        """Close both menus."""
        self.open, self.focus, self.power_focus = False, None, None

    def open_power(self, focus: int = 0) -> None:
        """Open the power menu."""
        self.focus, self.power_focus = POWER_FOCUS, focus

    def back(self) -> None:
        """Escape: close the power menu, else the start menu."""
        if self.power_focus is not None:
            self.power_focus = None
        else:
            self.close()

    def step(self, by: int) -> None:
        """Move the highlight with the arrow keys; both menus wrap around."""
        if self.power_focus is not None:
            self.power_focus = (self.power_focus + by) % len(POWER_ROWS)
        elif self.focus is None:
            self.focus = 0 if by > 0 else POWER_FOCUS
        else:
            self.focus = (self.focus + by) % (POWER_FOCUS + 1)


class WindowStack:
    """Places and order of the windows.

    Attributes:
        order: visible windows, topmost last.
    """

    def __init__(self, layout: Layout) -> None:
        self._area = layout.work_area
        width, height = layout.work_area.width, layout.work_area.height
        self.rects: dict[WindowKind, Rect] = {
            WindowKind.SERVER_MANAGER: Rect(width * 11 // 100, height * 6 // 100, min(800, width - 160), 500),
            WindowKind.CONSOLE: Rect(width * 46 // 100, height * 53 // 100, min(640, width // 2), 282),
        }
        self.order: list[WindowKind] = [WindowKind.SERVER_MANAGER, WindowKind.CONSOLE]
        self._drag: tuple[WindowKind, int, int] | None = None

    @property
    def focused(self) -> WindowKind | None:
        """Return the topmost window."""
        return self.order[-1] if self.order else None

    def show(self, kind: WindowKind) -> None:
        """Show a window on top."""
        self.hide(kind)
        self.order.append(kind)

    def hide(self, kind: WindowKind) -> None:
        """Hide a window."""
        self.order = [other for other in self.order if other is not kind]

    def press(self, x: int, y: int) -> bool:
        """Press the left button: raise, grab, minimise or close what is there; False when no window is."""
        for kind in reversed(self.order):
            rect = self.rects[kind]
            if not rect.contains(x, y):
                continue
            if close_button(rect).contains(x, y) or minimise_button(rect).contains(x, y):
                self.hide(kind)
                return True
            self.show(kind)
            if title_bar(rect).contains(x, y):
                self._drag = (kind, x - rect.x, y - rect.y)
            return True
        return False

    def drag(self, x: int, y: int) -> bool:
        """Move the grabbed window, its title bar always within reach; False when none is grabbed."""
        if self._drag is None:
            return False
        kind, offset_x, offset_y = self._drag
        rect = self.rects[kind]
        left = min(max(x - offset_x, 120 - rect.width), self._area.right - 120)
        top = min(max(y - offset_y, 0), self._area.bottom - title_bar(rect).height)
        self.rects[kind] = rect.moved_to(left, top)
        return True

    def release(self) -> None:
        """Let go of the grabbed window."""
        self._drag = None


class Desktop:
    """Everything on the desktop that input can change.

    Attributes:
        pointer: position of the mouse pointer in pixels.
        toast: text of the message shown, empty when none is.
        revision: grows with every visible change.
    """

    def __init__(self, width: int, height: int, shell: Shell, texts: Texts) -> None:
        self.layout = Layout(width, height, len(MENU_ROWS), len(POWER_ROWS))
        self.shell = shell
        self.menu = StartMenu()
        self.windows = WindowStack(self.layout)
        self.pointer = (width // 2, height * 2 // 3)
        self.toast = ""
        self.revision = 0
        self._texts = texts
        self._buttons = 0
        self._held: set[int] = set()
        self._super_alone = False

    def show_toast(self, text: str) -> None:
        """Show a message; an empty text takes it away."""
        self.toast = text
        self.revision += 1

    def on_pointer(self, x: int, y: int, buttons: int) -> Request | None:
        """Take a pointer event; ``buttons`` bit 0 is the left button (RFC 6143 §7.5.5)."""
        self.revision += 1
        self.pointer = (x, y)
        pressed = bool(buttons & 1) and not self._buttons & 1
        released = bool(self._buttons & 1) and not buttons & 1
        self._buttons = buttons
        if pressed:
            return self._press(x, y)
        if released:
            self.windows.release()
        elif not self.windows.drag(x, y) and self.menu.open:
            self._hover(x, y)
        return None

    def on_key(self, keysym: int, down: bool, now_at: datetime) -> Request | None:
        """Take a key event."""
        self.revision += 1
        if keysym in SUPER:
            self._super(keysym, down)
            return None
        if not down:
            self._held.discard(keysym)
            return None
        self._held.add(keysym)
        self._super_alone = False
        if keysym == Keysym.ESCAPE and self._held & CONTROL:
            self.menu.toggle()
            return None
        if keysym == Keysym.F4 and self._held & ALT:
            if self.windows.focused is not None:
                self.windows.hide(self.windows.focused)
            return None
        if self.menu.open:
            return self._menu_key(keysym)
        return self._type(keysym, now_at)

    def _super(self, keysym: int, down: bool) -> None:
        """Super opens the menu when released without another key in between, as people expect it."""
        if down:
            self._held.add(keysym)
            self._super_alone = True
            return
        self._held.discard(keysym)
        if self._super_alone:
            self.menu.toggle()
        self._super_alone = False

    def _menu_key(self, keysym: int) -> Request | None:
        match keysym:
            case Keysym.ESCAPE:
                self.menu.back()
            case Keysym.DOWN:
                self.menu.step(1)
            case Keysym.UP:
                self.menu.step(-1)
            case Keysym.TAB:
                self.menu.step(-1 if self._held & {Keysym.SHIFT_L, Keysym.SHIFT_R} else 1)
            case Keysym.RETURN | Keysym.KP_ENTER:
                if self.menu.power_focus is not None:
                    return self._choose_power(self.menu.power_focus)
                if self.menu.focus == POWER_FOCUS:
                    self.menu.open_power()
                elif self.menu.focus is not None:
                    return self._choose_row(self.menu.focus)
        return None

    def _type(self, keysym: int, now_at: datetime) -> Request | None:
        if self.windows.focused is not WindowKind.CONSOLE:
            return None
        if keysym in ENTER:
            return self.shell.enter(now_at)
        if keysym == Keysym.BACKSPACE:
            self.shell.backspace()
        elif keysym == Keysym.ESCAPE:
            self.shell.cancel()
        elif (text := character(keysym)) is not None and not self._held & (CONTROL | ALT):
            self.shell.put(text)
        return None

    def _press(self, x: int, y: int) -> Request | None:
        layout = self.layout
        if self.menu.open and self.menu.power_focus is not None and layout.flyout.contains(x, y):
            row = self._row_at(x, y, [layout.flyout_row(index) for index in range(len(POWER_ROWS))])
            return None if row is None else self._choose_power(row)
        if self.menu.open and layout.menu.contains(x, y):
            return self._press_menu(x, y)
        if layout.start_button.contains(x, y) or layout.search_box.contains(x, y):
            self.menu.toggle()
            return None
        self.menu.close()
        if self.toast and layout.toast.contains(x, y):
            self.toast = ""
        elif layout.taskbar.contains(x, y):
            self._press_task(x, y)
        else:
            self.windows.press(x, y)
        return None

    def _press_menu(self, x: int, y: int) -> Request | None:
        if self.layout.power_button.contains(x, y):
            if self.menu.power_focus is None:
                self.menu.open_power()
            else:
                self.menu.back()
            return None
        self.menu.power_focus = None
        row = self._row_at(x, y, [self.layout.menu_row(index) for index in range(len(MENU_ROWS))])
        return None if row is None else self._choose_row(row)

    def _press_task(self, x: int, y: int) -> None:
        row = self._row_at(x, y, [self.layout.task_button(index) for index in range(len(WINDOW_KINDS))])
        if row is None:
            return
        kind = WINDOW_KINDS[row]
        if self.windows.focused is kind:
            self.windows.hide(kind)
        else:
            self.windows.show(kind)

    def _hover(self, x: int, y: int) -> None:
        layout = self.layout
        if self.menu.power_focus is not None and layout.flyout.contains(x, y):
            row = self._row_at(x, y, [layout.flyout_row(index) for index in range(len(POWER_ROWS))])
            self.menu.power_focus = self.menu.power_focus if row is None else row
        elif self.menu.power_focus is None:
            rows = [*(layout.menu_row(index) for index in range(len(MENU_ROWS))), layout.power_button]
            self.menu.focus = self._row_at(x, y, rows)

    def _choose_power(self, row: int) -> Request:
        self.menu.close()
        return _POWER_REQUESTS[POWER_ROWS[row]]

    def _choose_row(self, row: int) -> Request | None:
        self.menu.close()
        match MENU_ROWS[row]:
            case MenuRow.SERVER_MANAGER:
                self.windows.show(WindowKind.SERVER_MANAGER)
            case MenuRow.CONSOLE:
                self.windows.show(WindowKind.CONSOLE)
            case MenuRow.BACKUP_JOB:
                self.windows.show(WindowKind.CONSOLE)
                for number in range(1, _BACKUP_FILES + 1):
                    self.shell.print_line(f"backup  D:\\ledger\\2026-{number:02d}.db  ok  {number * 37 % 91 + 9} MB")
            case MenuRow.ABOUT:
                return ToastRequest(self._texts.about_text)
        return None

    @staticmethod
    def _row_at(x: int, y: int, rects: Sequence[Rect]) -> int | None:
        return next((index for index, rect in enumerate(rects) if rect.contains(x, y)), None)
