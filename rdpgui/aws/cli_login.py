"""``aws login`` by the installed CLI: it opens the browser, is called back on loopback and writes the SDKs' own cache.

Source: AWS CLI 2.32, ``aws login``; botocore signs with what it writes.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Callable

from rdpgui.core.errors import CredentialsExpired
from rdpgui.core.sign_in import SignInNeed, SignInStep

_URL = re.compile(rb"https://[^\s\"'<>]+")
_POLL_S = 0.1
_END_S = 2.0
_MOST_BYTES = 65536


def sign_in_by_cli(profile: str, told: Callable[[SignInStep], None], given_up: threading.Event) -> None:
    """Run ``aws login`` for a profile and show the address that it names. Blocking.

    Args:
        profile: that a person signs in to.
        told: called with the address, once it is named.
        given_up: set when nobody waits any longer; the CLI is ended then.

    Raises:
        CredentialsExpired: there is no CLI, it failed, or it was given up.
    """
    program = shutil.which("aws")
    command = f"aws login --profile {shlex.quote(profile)}"
    if program is None:
        raise CredentialsExpired(
            "The AWS CLI is not installed: only it can sign profile {profile} in.",
            "Install version 2.32 or newer, then press Retry.",
            profile=profile,
        )
    told(SignInStep())
    with subprocess.Popen(
        [program, "login", "--profile", profile],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "PYTHONUNBUFFERED": "1"},
    ) as process:
        reader = _Reader(process, told)
        _follow(process, reader, given_up)
        if process.returncode != 0:
            raise CredentialsExpired(
                "The command {command} failed: {message}",
                "Run it in a terminal, then press Retry.",
                command=command,
                message=reader.last_line(),
                need=SignInNeed(command),
            )


def _follow(process: subprocess.Popen[bytes], reader: _Reader, given_up: threading.Event) -> None:
    """Look at what a CLI prints until it has ended; end it when nobody waits any longer."""
    while process.poll() is None:
        if given_up.wait(_POLL_S):
            process.kill()
            raise CredentialsExpired("Signing in was given up.", "Press Retry.")
        reader.look()
    reader.end()


class _Reader:
    """Keeps what the CLI prints, on a thread of its own: not every system reads a pipe without waiting."""

    def __init__(self, process: subprocess.Popen[bytes], told: Callable[[SignInStep], None]) -> None:
        self._told = told
        self._text = b""
        self._shown = False
        self._thread: threading.Thread | None = None
        if process.stdout is not None:
            self._thread = threading.Thread(target=self._read, args=(os.dup(process.stdout.fileno()),), daemon=True)
            self._thread.start()

    def _read(self, pipe: int) -> None:
        with open(pipe, "rb", buffering=0) as out:
            while found := out.read(_MOST_BYTES):
                self._text += found

    def look(self) -> None:
        """Show the first address, once it is there."""
        address = _URL.search(self._text)
        if address is not None and not self._shown:
            self._shown = True
            self._told(SignInStep(url=address[0].decode("ascii", "replace")))

    def end(self) -> None:
        """Look at all that an ended CLI has printed; not for long, where a child of its own holds the pipe."""
        if self._thread is not None:
            self._thread.join(_END_S)
        self.look()

    def last_line(self) -> str:
        """Return the last line: there the CLI says why."""
        lines = self._text.decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:200] if lines else ""
