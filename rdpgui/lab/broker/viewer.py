"""What a person sees and types: an RFB server in front of the source."""

from __future__ import annotations

from rdpgui.lab.broker.source import FrameSource
from rdpgui.lab.rfb.server import RfbServer
from rdpgui.lab.rfb.tiles import Frame


class Viewer:
    """Shows the source's picture to the lab console and passes its input on.

    Costs nothing while nobody looks: the server is paused then, so that whoever comes
    gets the current picture as the first one.

    Attributes:
        port: where it listens.
    """

    def __init__(self, source: FrameSource, *, name: str, password: str) -> None:
        height, width = source.picture.shape[:2]
        self._server = RfbServer(
            name=name, width=width, height=height, password=password, on_key=source.key, on_pointer=source.pointer
        )
        self._looked_at = False
        self.port = 0

    def start(self) -> None:
        """Listen.

        Raises:
            OSError: no port is free.
        """
        self._server.pause()
        self._server.start()
        self.port = self._server.port

    def show(self, picture: Frame, *, changed: bool) -> None:
        """Pass the current picture on. To be called often, also when it has not changed."""
        looked_at = self._server.connections > 0
        if looked_at and (changed or not self._looked_at):
            self._server.publish(picture)
        if looked_at != self._looked_at:
            self._looked_at = looked_at
            self._server.resume() if looked_at else self._server.pause()

    def close(self) -> None:
        """End the viewers' connections in order."""
        self._server.close()
