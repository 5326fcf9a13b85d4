"""An RFB 3.8 server in threads, on loopback only."""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from collections.abc import Callable

from rdpgui.lab.rfb.intake import Link
from rdpgui.lab.rfb.screen import Screen
from rdpgui.lab.rfb.session import FAREWELL_S, LINGER_S, Host, ServerSession
from rdpgui.lab.rfb.tiles import Frame
from rdpgui.lab.rfb.wire import check_size

_log = logging.getLogger(__name__)

MAX_CLIENTS = 16


class RfbServer:
    """Shows one picture to any number of VNC viewers.

    Callbacks run in threads of the server, one per client.

    Args:
        name: desktop name that viewers show.
        width, height: pixels; a later `publish` may change them.
        password: its first eight bytes count.
        on_key: keysym, whether it went down.
        on_pointer: x, y in pixels, mask of buttons (bit 0 = left).
        on_join: a client is past the password; what is published before it returns is what the client sees first.
        host: a loopback address.
        port: 0 takes a free one.

    Attributes:
        port: where it listens, after `start`.

    Raises:
        ValueError: the address is not loopback.
    """

    def __init__(
        self,
        *,
        name: str,
        width: int,
        height: int,
        password: str,
        on_key: Callable[[int, bool], None],
        on_pointer: Callable[[int, int, int], None],
        on_join: Callable[[], None] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"{host} is not a loopback address")
        check_size(width, height)
        self.port = port
        self._address = host
        self._screen = Screen(width, height)
        self._host = Host(name, password, self._screen, on_key, on_pointer, on_join)
        self._listener: socket.socket | None = None
        self._acceptor = threading.Thread(target=self._accept, name="rfb-accept", daemon=True)
        self._guard = threading.Lock()
        self._sessions: dict[ServerSession, threading.Thread] = {}

    @property
    def clients(self) -> int:
        """How many viewers are past the password."""
        with self._guard:
            return sum(session.welcomed for session in self._sessions)

    @property
    def connections(self) -> int:
        """How many viewers are here, including those still at the password."""
        with self._guard:
            return len(self._sessions)

    def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        self._listener = socket.create_server((self._address, self.port), backlog=MAX_CLIENTS)
        self.port = self._listener.getsockname()[1]
        self._acceptor.start()

    def publish(self, frame: Frame) -> None:
        """Show a new picture; waiting clients are answered at once.

        Args:
            frame: (height, width, 4) uint8 BGRX; copied. Another size resizes the desktop.

        Raises:
            ValueError: another shape or type.
        """
        self._screen.publish(frame)

    def pause(self) -> None:
        """Answer nobody, with every socket open: how a hung machine looks from outside."""
        self._screen.set_paused(True)

    def resume(self) -> None:
        """The end of `pause`."""
        self._screen.set_paused(False)

    def close(self) -> None:
        """Send what is unseen and asked for, end each connection in order (FIN), and join."""
        self._host.closing.set()
        self._screen.close()
        if self._listener is not None:
            _wake_and_close(self._listener)
            self._acceptor.join()
        with self._guard:
            sessions = dict(self._sessions)
        for session, thread in sessions.items():
            thread.join(LINGER_S + FAREWELL_S)
            if thread.is_alive():
                session.drop()
                thread.join()

    def _accept(self) -> None:
        assert self._listener is not None  # noqa: S101 - started by start() only
        while not self._host.closing.is_set():
            try:
                sock, _peer = self._listener.accept()
            except OSError:
                return  # closed by close()
            with self._guard:
                full = len(self._sessions) >= MAX_CLIENTS
            if full or self._host.closing.is_set():
                if full:
                    _log.warning("a client was turned away: %s already here", MAX_CLIENTS)
                sock.close()
                continue
            self._welcome(Link(sock))

    def _welcome(self, link: Link) -> None:
        session = ServerSession(link, self._host)
        thread = threading.Thread(target=self._serve, args=(session,), name="rfb-reader", daemon=True)
        with self._guard:
            self._sessions[session] = thread
        thread.start()

    def _serve(self, session: ServerSession) -> None:
        try:
            session.run()
        finally:
            with self._guard:
                self._sessions.pop(session, None)


def _wake_and_close(listener: socket.socket) -> None:
    try:
        listener.shutdown(socket.SHUT_RDWR)
    except OSError:
        _log.debug("this system does not shut listeners down; closing is enough")
    listener.close()
