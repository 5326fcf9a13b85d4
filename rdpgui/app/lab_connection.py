"""Opening a connection in the lab: what on AWS a person does in the console.

Apart from ``lab_process`` because the window's first picture needs the process, but not this.
"""

from __future__ import annotations

import asyncio

from rdpgui.app.lab_process import LabProcess
from rdpgui.core.errors import LabError
from rdpgui.core.ids import AccessRequestId, ConnectionId, InstanceId, SessionId
from rdpgui.core.ports import OpenedConnection
from rdpgui.core.session import AccessType


class LabConnectionOpener:
    """Open the connection in the lab; implements ``core.ports.ConnectionOpener``."""

    def __init__(self, lab: LabProcess) -> None:
        self._lab = lab

    async def open(
        self, instance_id: InstanceId, access_type: AccessType, *, request_id: AccessRequestId | None, attended: bool
    ) -> OpenedConnection:
        """Open a connection through a broker; ``attended`` shows the lab console on it."""
        body = {"instance_id": instance_id, "access_type": access_type.value, "access_request_id": request_id or ""}
        answer = await self._lab.control("POST", "/_lab/connections", body)
        connection_id = ConnectionId(answer["connection_id"])
        if attended:
            await self._show(connection_id)
        session_id = SessionId(answer["session_id"])
        return OpenedConnection(connection_id, link="", by_person=False, session_id=session_id)

    async def _show(self, connection_id: ConnectionId) -> None:
        for _ in range(100):
            answer = await self._lab.control("GET", f"/_lab/connections/{connection_id}")
            if answer["viewer_port"]:
                self._lab.show_console(
                    host=answer["viewer_host"],
                    port=answer["viewer_port"],
                    password=answer["viewer_password"],
                    instance_name=await self._name_of(answer["instance_id"]),
                    connection_id=connection_id,
                )
                return
            await asyncio.sleep(0.05)
        raise LabError("The lab opened no view of the connection.", "Close the connection and open it again.")

    async def _name_of(self, instance_id: str) -> str:
        """Return name and id, the id alone when there is no name."""
        status = await self._lab.control("GET", "/_lab/status")
        names = {item["id"]: item["name"] for item in status["instances"]}
        name = names.get(instance_id, "")
        return f"{name} ({instance_id})" if name else instance_id

    async def close(self, connection: OpenedConnection) -> None:
        """End the connection normally."""
        await self._lab.control("DELETE", f"/_lab/connections/{connection.connection_id}")
