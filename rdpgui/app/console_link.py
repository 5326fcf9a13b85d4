"""Opening a connection on AWS: a deep link into the console, because only a person can open one there."""

from __future__ import annotations

import re
import webbrowser
from urllib.parse import urlencode

from rdpgui.core.errors import NotConnected
from rdpgui.core.ids import AccessRequestId, ConnectionId, InstanceId
from rdpgui.core.ports import OpenedConnection
from rdpgui.core.regions import checked_region, console_host
from rdpgui.core.session import AccessType

_NODE = re.compile(r"m?i-[0-9a-f]{1,40}")


def remote_desktop_link(region: str, instance_id: str) -> str:
    """Return the console page that connects to a node with Remote Desktop; empty where no console is published.

    Raises:
        SettingsError: the Region cannot be one: it decides which host is opened.
        NotConnected: the id is not one of a node.

    Source: three public repositories use this path; AWS documents none, so it may change.
    """
    host = console_host(checked_region(region))
    if _NODE.fullmatch(instance_id) is None:
        raise NotConnected(
            "{instance} is not the id of a node.", "Read the instances again.", instance=instance_id
        )  # fmt: skip
    query = urlencode({"region": region, "nodeIds": instance_id})
    return f"https://{host}/systems-manager/fleet-manager/remote-desktop?{query}" if host else ""


class ConsoleLinkOpener:
    """Shows the link in the browser and leaves the rest to the person; implements ``ConnectionOpener``.

    ``region`` empty: of an endpoint that is not AWS's, to which AWS's console does not belong.
    """

    def __init__(self, region: str) -> None:
        self._region = region

    async def open(
        self, instance_id: InstanceId, access_type: AccessType, *, request_id: AccessRequestId | None, attended: bool
    ) -> OpenedConnection:
        """Open the browser on the page. Which access type results is decided by the person's permissions."""
        link = remote_desktop_link(self._region, instance_id) if self._region else ""
        if attended and link:
            webbrowser.open(link)
        return OpenedConnection(ConnectionId(""), link=link, by_person=True)

    async def close(self, connection: OpenedConnection) -> None:
        """Nothing: the person closes the connection in the browser."""
