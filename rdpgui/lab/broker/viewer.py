"""What a person sees and types: an RFB server in front of the source."""

from __future__ import annotations

from rdpgui.lab.broker.source import FrameSource
from rdpgui.lab.rfb.server import RfbServer
from rdpgui.lab.rfb.tiles import Frame


class Viewer:
    """Shows the source's picture to the lab console and passes its input on.

    Costs nothing while nobody looks.

    Attributes:
        port: where it listens.
    """

    def __init__(self, source: FrameSource, *, name: str, password: str) -> None:
        height, width = source.picture.shape[:2]
        self._server = RfbServer(
            name=name, width=width, height=height, password=password, on_key=source.key, on_pointer=source.pointer
        )
        self._seen_clients = 0
        self.port = 0

    def start(self) -> None:
        """Listen.

        Raises:
            OSError: no port is free.
        """
        self._server.start()
        self.port = self._server.port

    def show(self, picture: Frame, *, changed: bool) -> None:
        """Pass a picture on when somebody looks and it is news to them."""
        clients = self._server.clients
        if clients and (changed or clients != self._seen_clients):
            self._server.publish(picture)
        self._seen_clients = clients

    def close(self) -> None:
        """End the viewers' connections in order."""
        self._server.close()
