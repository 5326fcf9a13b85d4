"""Both ends of the remote framebuffer protocol, RFB 3.8, on loopback.

The guest and the broker serve their picture with `RfbServer`; the broker and the
lab console look at it with `RfbClient`. Any VNC viewer can join either server.

May import: numpy, cryptography, the standard library. Never Qt, never PyAV.

Source: RFC 6143, The Remote Framebuffer Protocol.
"""

from rdpgui.lab.rfb.client import RfbClient
from rdpgui.lab.rfb.errors import CloseKind, RfbClosed, RfbProtocolError
from rdpgui.lab.rfb.server import RfbServer

__all__ = ["CloseKind", "RfbClient", "RfbClosed", "RfbProtocolError", "RfbServer"]
