"""Opening a connection on AWS: a deep link into the console, because only a person can open one there."""

from __future__ import annotations

import webbrowser

from rdpgui.core.ids import AccessRequestId, ConnectionId, InstanceId
from rdpgui.core.ports import OpenedConnection
from rdpgui.core.session import AccessType

_HOSTS = {"cn-": "console.amazonaws.cn", "us-gov-": "console.amazonaws-us-gov.com"}


def remote_desktop_link(region: str, instance_id: str) -> str:
    """Return the console page that connects to a node with Remote Desktop.

    Source: three public repositories use this path; AWS documents none, so it may change.
    """
    host = next((h for prefix, h in _HOSTS.items() if region.startswith(prefix)), "console.aws.amazon.com")
    path = "systems-manager/fleet-manager/remote-desktop"
    return f"https://{region}.{host}/{path}?region={region}&nodeIds={instance_id}"


class ConsoleLinkOpener:
    """Shows the link in the browser and leaves the rest to the person; implements ``ConnectionOpener``."""

    def __init__(self, region: str) -> None:
        self._region = region

    async def open(
        self, instance_id: InstanceId, access_type: AccessType, *, request_id: AccessRequestId | None, attended: bool
    ) -> OpenedConnection:
        """Open the browser on the page. Which access type results is decided by the person's permissions."""
        link = remote_desktop_link(self._region, instance_id)
        if attended:
            webbrowser.open(link)
        return OpenedConnection(ConnectionId(""), link=link, by_person=True)

    async def close(self, connection: OpenedConnection) -> None:
        """Nothing: the person closes the connection in the browser."""
