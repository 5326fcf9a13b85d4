"""``rdpgui lab``: the endpoint alone, printed as ``export`` lines for other AWS clients."""

from __future__ import annotations

import asyncio

from rdpgui.app.display import require_toolkit
from rdpgui.app.ending import on_end_signal
from rdpgui.app.lab_process import LabProcess
from rdpgui.app.terminal import say, work_goes_on
from rdpgui.core.errors import LabError
from rdpgui.i18n import _


async def _serve(scenario: str, port: int) -> int:
    lab = LabProcess()
    try:
        lab.spawn(scenario=scenario, language="en", port=port)
        address = await lab.ready()
        await lab.seeded()
        for name, value in {
            "AWS_ENDPOINT_URL": address.url,
            "AWS_ACCESS_KEY_ID": address.access_key_id,
            "AWS_SECRET_ACCESS_KEY": address.secret_access_key,
            "AWS_REGION": address.region,
            "AWS_DEFAULT_REGION": address.region,
            "RDPGUI_LAB_TOKEN": address.control_token,
        }.items():
            say(f"export {name}={value}")
        work_goes_on()
        say(_("The lab is up. Ctrl+C ends it."), error=True)
        await _until_told(lab)
    finally:
        await lab.aclose()
    return 0


async def _until_told(lab: LabProcess) -> None:
    """Wait for Ctrl+C, a termination signal, or the end of the lab."""
    told = asyncio.Event()
    on_end_signal(lambda _number: told.set())
    told_task = asyncio.ensure_future(told.wait())
    ended_task = asyncio.ensure_future(lab.ended())
    done, pending = await asyncio.wait((told_task, ended_task), return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    if ended_task in done:
        raise LabError("The lab ended by itself.", "Look at the messages above and start it again.")


def main(scenario: str, port: int) -> int:
    """Serve until told to end; returns the exit status."""
    require_toolkit()
    return asyncio.run(_serve(scenario, port))
