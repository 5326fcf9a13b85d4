"""What the first picture does not need is imported on a thread while the window is already there."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdpgui.aws.calls import AwsCaller

AFTER_FIRST_PAINT = ("rdpgui.app.session", "rdpgui.app.environment")
"""Runner, AWS, inspection and report: with boto3 and numpy about as long as the whole window."""

BEFORE_FIRST_FILM = ("rdpgui.media.stills",)
"""PyAV: loading its libraries holds the interpreter for 50 to 100 ms, which would show while a film plays."""


async def import_later(*names: str) -> None:
    """Import modules without holding up the loop; a plain import of them costs nothing afterwards.

    Raises:
        ImportError: a module or something it needs is missing.
    """
    from rdpgui.aws.calls import DaemonPool

    pool = DaemonPool(1, "import")
    try:
        for name in names or AFTER_FIRST_PAINT:
            await asyncio.wrap_future(pool.submit(import_module, name))
    finally:
        pool.shutdown()


FIRST_SERVICES = ("ec2", "ssm", "sts", "ssm-guiconnect", "s3")
"""What the first polls call."""


async def make_clients(caller: AwsCaller) -> None:
    """Make the SDK's clients of the first polls: parsing their service models takes as long as the lab's seeding.

    Raises:
        SettingsError: no such Region or endpoint.
    """
    for service in FIRST_SERVICES:
        await caller.run(caller.clients.client, service)
