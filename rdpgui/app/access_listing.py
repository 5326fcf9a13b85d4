"""Reads access requests: all that may be seen, and of those that can still be decided what they carry."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from rdpgui.core.access_requests import AccessDeskPort, AccessRequest, Standing
from rdpgui.core.errors import AwsError
from rdpgui.core.ids import AccessRequestId

_MOST = 20
"""Requests read one by one at a time; who follows one reads again."""


class AccessListing:
    """Keeps what a request carries: it does not change, its status does."""

    def __init__(self) -> None:
        self._whole: dict[AccessRequestId, AccessRequest] = {}

    async def read(self, desk: AccessDeskPort) -> tuple[AccessRequest, ...]:
        """Return the requests, newest first; one whose inside may not be read stays as it is listed.

        Raises:
            AwsError: they cannot be listed.
        """
        listed = await desk.requests()
        wanted = [one for one in listed if one.standing in (Standing.PENDING, Standing.GRANTED)]
        missing = [one for one in wanted if not one.automation_id and one.request_id not in self._whole][:_MOST]
        await asyncio.gather(*(self._look_into(desk, one.request_id) for one in missing))
        return tuple(self._with_inside(one) for one in listed)

    async def _look_into(self, desk: AccessDeskPort, request_id: AccessRequestId) -> None:
        try:
            self._whole[request_id] = await desk.request(request_id)
        except AwsError:
            return  # the list says what it says; who decides it is told then why it cannot be

    def _with_inside(self, one: AccessRequest) -> AccessRequest:
        whole = self._whole.get(one.request_id)
        if whole is None:
            return one
        return replace(one, automation_id=one.automation_id or whole.automation_id, said=whole.said or one.said)
