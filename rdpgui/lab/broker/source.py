"""Where the pictures come from: a seam by URL scheme. Today ``rfb://``; others join here."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from enum import Enum, StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from rdpgui.lab.broker.config import ConfigError
from rdpgui.lab.rfb.client import RfbClient
from rdpgui.lab.rfb.errors import CloseKind, RfbClosed
from rdpgui.lab.rfb.tiles import Frame


class EndReason(StrEnum):
    """Why a connection ended. Words of the lab's contract."""

    CLOSED_BY_GUEST = "closed-by-guest"
    CONNECTION_LOST = "connection-lost"
    CLOSED = "closed"
    SOURCE_UNREACHABLE = "source-unreachable"
    DISK_FULL = "disk-full"


class Arrival(Enum):
    """What one look at the source brought."""

    NOTHING = "nothing"
    ALIVE = "alive"
    PICTURE = "picture"


class SourceClosed(Exception):
    """The source is gone.

    Attributes:
        reason: how, in the contract's words.
        detail: one sentence for a log.
    """

    def __init__(self, reason: EndReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class FrameSource(Protocol):
    """A remote desktop as the recorder sees it."""

    @property
    def picture(self) -> Frame:
        """The whole current picture, (height, width, 4) uint8 BGRX; changes with `poll`."""

    def open(self) -> None:
        """Connect and ask for the first whole picture.

        Raises:
            SourceClosed: nobody there, or refused.
        """

    def poll(self, timeout_s: float) -> Arrival:
        """Wait for news: a changed picture, a sign of life, or nothing in time.

        Raises:
            SourceClosed: the source is gone.
        """

    def ping(self) -> None:
        """Ask for a sign of life. Raises `SourceClosed` when the source is gone."""

    def key(self, keysym: int, down: bool) -> None:
        """Pass a key on, from any thread; nothing happens when the source is gone."""

    def pointer(self, x: int, y: int, buttons: int) -> None:
        """Pass the pointer on, from any thread; nothing happens when the source is gone."""

    def close(self) -> None:
        """Hang up; the last picture stays."""


_OPEN_S = 2.0
_END_OF: dict[CloseKind, EndReason] = {
    CloseKind.ORDERLY: EndReason.CLOSED_BY_GUEST,
    CloseKind.LOST: EndReason.CONNECTION_LOST,
    CloseKind.PROTOCOL: EndReason.CONNECTION_LOST,
    CloseKind.LOCAL: EndReason.CLOSED,
    CloseKind.REFUSED: EndReason.SOURCE_UNREACHABLE,
    CloseKind.UNREACHABLE: EndReason.SOURCE_UNREACHABLE,
}


class RfbSource:
    """``rfb://host:port``: an RFB 3.8 server on loopback. Always has one request under way."""

    def __init__(self, client: RfbClient) -> None:
        self._client = client
        self._seen_changes = 0

    @property
    def picture(self) -> Frame:
        """See `FrameSource.picture`."""
        return self._client.frame

    def open(self) -> None:
        """See `FrameSource.open`."""
        try:
            self._client.connect()
        except RfbClosed as closed:
            raise SourceClosed(EndReason.SOURCE_UNREACHABLE, closed.reason) from closed

    def poll(self, timeout_s: float) -> Arrival:
        """See `FrameSource.poll`."""
        try:
            if not self._client.read(timeout_s):
                return Arrival.NOTHING
            self._client.request()
        except RfbClosed as closed:
            raise SourceClosed(_END_OF[closed.kind], closed.reason) from closed
        if self._client.changes == self._seen_changes:
            return Arrival.ALIVE
        self._seen_changes = self._client.changes
        return Arrival.PICTURE

    def ping(self) -> None:
        """See `FrameSource.ping`."""
        try:
            self._client.ping()
        except RfbClosed as closed:
            raise SourceClosed(_END_OF[closed.kind], closed.reason) from closed

    def key(self, keysym: int, down: bool) -> None:
        """See `FrameSource.key`."""
        self._pass_on(self._client.send_key, keysym, down)

    def pointer(self, x: int, y: int, buttons: int) -> None:
        """See `FrameSource.pointer`."""
        self._pass_on(self._client.send_pointer, x, y, buttons)

    def close(self) -> None:
        """See `FrameSource.close`."""
        self._client.close()

    def _pass_on(self, send: Callable[..., None], *values: int) -> None:
        try:
            send(*values)
        except RfbClosed:
            return  # `poll` meets the same end and reports it; there is nobody to type to


def _open_rfb(host: str, port: int, password: str) -> FrameSource:
    return RfbSource(RfbClient(host, port, password, timeout_s=_OPEN_S))


_SCHEMES: dict[str, Callable[[str, int, str], FrameSource]] = {"rfb": _open_rfb}


def source_for(url: str, password: str) -> FrameSource:
    """The source behind a URL, not yet opened.

    Raises:
        ConfigError: an unknown scheme, no port, or a host that is not loopback.
    """
    parts = urlsplit(url)
    make = _SCHEMES.get(parts.scheme)
    if make is None:
        raise ConfigError(f"source.url must begin with one of {', '.join(f'{name}://' for name in _SCHEMES)}")
    try:
        host, port = ipaddress.ip_address(parts.hostname or ""), parts.port
    except ValueError as error:
        raise ConfigError(f"source.url must name an address and a port: {error}") from error
    if not host.is_loopback or not port:
        raise ConfigError("source.url must name a loopback address and a port")
    return make(str(host), port, password)
