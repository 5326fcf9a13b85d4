"""The text of the console window and its few commands."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Final

from rdpgui.lab.guest.machine import Action
from rdpgui.lab.guest.requests import AbortRequest, PowerRequest, Request
from rdpgui.lab.guest.texts import Texts

_KEEP_LINES: Final = 200
_MAX_INPUT: Final = 200
_MAX_DELAY_S: Final = 3600
_COMMANDS: Final = "cls  date  echo  help  hostname  ipconfig  shutdown /r|/s [/t SECONDS]  shutdown /a  whoami"


class Shell:
    """A console: lines above, one input line below.

    Attributes:
        typed: the input line without its prompt.
        revision: grows with every visible change.
    """

    def __init__(self, computer_name: str, user: str, texts: Texts) -> None:
        self._computer_name = computer_name
        self._user = user
        self._texts = texts
        self._lines: deque[str] = deque([texts.console_banner, ""], maxlen=_KEEP_LINES)
        self.prompt = f"PS C:\\Users\\{user}> "
        self.typed = ""
        self.revision = 0

    def tail(self, count: int) -> list[str]:
        """Return the last ``count`` lines above the input line."""
        return list(self._lines)[-count:] if count > 0 else []

    def print_line(self, line: str) -> None:
        """Add a line above the input line."""
        self._lines.append(line)
        self.revision += 1

    def put(self, character: str) -> None:
        """Type one character."""
        if len(self.typed) < _MAX_INPUT:
            self.typed += character
            self.revision += 1

    def backspace(self) -> None:
        """Remove the last character typed."""
        self.typed = self.typed[:-1]
        self.revision += 1

    def cancel(self) -> None:
        """Empty the input line."""
        self.typed = ""
        self.revision += 1

    def enter(self, now_at: datetime) -> Request | None:
        """Run the input line and return what it asks of the machine."""
        line, self.typed = self.typed.strip(), ""
        self.print_line(self.prompt + line)
        words = line.split()
        if not words:
            return None
        name, arguments = words[0].lower().removesuffix(".exe"), words[1:]
        if name == "shutdown":
            return self._shutdown(arguments)
        if name == "cls":
            self._lines.clear()
            return None
        for answer in self._answer(name, line, now_at):
            self.print_line(answer)
        return None

    def _answer(self, name: str, line: str, now_at: datetime) -> list[str]:
        match name:
            case "help":
                return [_COMMANDS]
            case "hostname":
                return [self._computer_name]
            case "whoami":
                return [f"{self._computer_name}\\{self._user}".lower()]
            case "date":
                return [now_at.strftime("%Y-%m-%d %H:%M:%S UTC")]
            case "echo":
                return [line[4:].strip()]
            case "ipconfig":
                return ["IPv4 . . . . : 10.0.12.34", "Gateway  . . : 10.0.12.1"]
            case _:
                return [self._texts.unknown_command.format(name=name)]

    def _shutdown(self, arguments: list[str]) -> Request | None:
        """Read the switches of shutdown.exe: /r, /s, /a, /t N (with - as well as /)."""
        switches = [argument.lower().replace("-", "/", 1) for argument in arguments]
        if "/a" in switches:
            return AbortRequest()
        action = {("/r" in switches): Action.RESTART, ("/s" in switches): Action.SHUTDOWN}.get(True)
        delay_s = 30
        if "/t" in switches:
            following = switches[switches.index("/t") + 1 :][:1]
            if not following or not following[0].isascii() or not following[0].isdigit():
                action = None
            else:
                delay_s = min(_MAX_DELAY_S, int(following[0]))
        if action is None:
            self.print_line(_COMMANDS)
            return None
        return PowerRequest(action, float(delay_s))
