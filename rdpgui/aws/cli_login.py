"""``aws login`` by the installed CLI: it opens the browser, is called back on loopback and writes the SDKs' own cache.

Source: AWS CLI 2.32, ``aws login``; botocore signs with what it writes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable

from rdpgui.core.errors import CredentialsExpired
from rdpgui.core.sign_in import SignInNeed, SignInStep

_URL = re.compile(rb"https://[^\s\"'<>]+")
_POLL_S = 0.1


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
    command = f"aws login --profile {profile}"
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
    ) as process:
        reader = _Reader(process, told)
        while process.poll() is None:
            if given_up.wait(_POLL_S):
                process.kill()
                raise CredentialsExpired("Signing in was given up.", "Press Retry.")
            reader.look()
        reader.look()
        if process.returncode != 0:
            raise CredentialsExpired(
                "The command {command} failed: {message}",
                "Run it in a terminal, then press Retry.",
                command=command,
                message=reader.last_line(),
                need=SignInNeed(command),
            )


class _Reader:
    """Reads what the CLI prints, without waiting for more."""

    def __init__(self, process: subprocess.Popen[bytes], told: Callable[[SignInStep], None]) -> None:
        self._out = process.stdout
        self._told = told
        self._text = b""
        self._shown = False
        if self._out is not None:
            os.set_blocking(self._out.fileno(), False)

    def look(self) -> None:
        """Take what is there; show the first address."""
        found = self._out.read() if self._out is not None else None
        self._text += found or b""
        address = _URL.search(self._text)
        if address is not None and not self._shown:
            self._shown = True
            self._told(SignInStep(url=address[0].decode("ascii", "replace")))

    def last_line(self) -> str:
        """Return the last line: there the CLI says why."""
        lines = self._text.decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:200] if lines else ""
