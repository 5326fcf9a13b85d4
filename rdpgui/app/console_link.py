"""Opening a connection on AWS: a deep link into the console, because only a person can open one there."""

from __future__ import annotations

import re
import webbrowser
from urllib.parse import urlencode

from rdpgui.app.one_way_door import OneWayDoor
from rdpgui.core.errors import NotConnected
from rdpgui.core.federation import NO_ANSWER, ConsoleSignIn, ConsoleSignInPort, plainly
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


def sessions_link(region: str) -> str:
    """Return the console page of Session Manager, where a shell can be opened; empty where no console is published.

    Raises:
        SettingsError: the Region cannot be one.

    Source: many public repositories use this path; AWS documents none, so it may change.
    """
    host = console_host(checked_region(region))
    return f"https://{host}/systems-manager/session-manager/sessions?{urlencode({'region': region})}" if host else ""


class ConsoleLinkOpener:
    """Shows the console in the browser and leaves the rest to the person; implements ``ConnectionOpener``.

    Where the credentials in use can be taken along, the console opens as the same principal. The secret address of that
    goes to the browser through a door of its own and nowhere else: what is returned, said and kept is the plain link.

    Args:
        region: empty: of an endpoint that is not AWS's, to which AWS's console does not belong.
        sign_in: asks for a sign-in token; None: the browser decides who it is.
    """

    def __init__(self, region: str, sign_in: ConsoleSignInPort | None = None) -> None:
        self._region = region
        self._sign_in = sign_in
        self._door: OneWayDoor | None = None

    async def open(
        self, instance_id: InstanceId, access_type: AccessType, *, request_id: AccessRequestId | None, attended: bool
    ) -> OpenedConnection:
        """Open the browser on the page. Which access type results is decided by the person's permissions."""
        link = remote_desktop_link(self._region, instance_id) if self._region else ""
        found = plainly("")
        if attended and link:
            found = await self._sign_in.sign_in() if self._sign_in is not None else found
            found = await self._show(link, found)
        return OpenedConnection(
            ConnectionId(""), link=link, by_person=True, remark=found.remark, principal=found.principal
        )

    async def _show(self, link: str, found: ConsoleSignIn) -> ConsoleSignIn:
        """Open the browser; return how it was opened."""
        self._shut()
        secret = found.url(link)
        if secret:
            door = OneWayDoor(secret)
            try:
                address = await door.open()
            except OSError:  # no port: then without
                found = plainly(NO_ANSWER)
            else:
                self._door = door
                webbrowser.open(address)
                return found
        webbrowser.open(link)
        return found

    async def close(self, connection: OpenedConnection) -> None:
        """Shut the door that the browser did not come through; the person closes the connection in the browser."""
        self._shut()

    def _shut(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None
