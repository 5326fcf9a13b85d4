"""What the first pictures do not need is imported when they are there."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdpgui.aws.calls import AwsCaller

PROGRAM_IN_PARTS = (
    "rdpgui.core.reduce",
    "rdpgui.ui.labels",
    "rdpgui.ui.experiment_page",
    "rdpgui.app.film_panel",
    "rdpgui.ui.workbench",
    "rdpgui.app.program",
)
"""The window and what is behind it, in parts of about equal length."""

AFTER_FIRST_PAINT = ("rdpgui.app.session", "rdpgui.app.environment")
"""Runner, AWS, inspection and report: with boto3 and numpy about as long as the whole window."""

BEFORE_FIRST_FILM = ("rdpgui.media.stills",)
"""PyAV: loading its libraries holds the interpreter for 50 to 100 ms, which would show while a film plays."""


async def import_later(*names: str) -> None:
    """Import modules without holding up the loop; a plain import of them costs nothing afterwards.

    Raises:
        ImportError: a module or something it needs is missing.
    """
    import asyncio

    from rdpgui.threads import DaemonPool

    pool = DaemonPool(1, "import")
    try:
        for name in names or AFTER_FIRST_PAINT:
            await asyncio.wrap_future(pool.submit(import_module, name))
    finally:
        pool.shutdown()


FIRST_SERVICES = ("ec2", "ssm")
"""What the first table is read from; the other clients are made by the first calls of each kind."""


async def make_clients(caller: AwsCaller) -> None:
    """Make the SDK's clients of the first table while the lab is being seeded.

    Raises:
        SettingsError: no such Region or endpoint.
    """
    for service in FIRST_SERVICES:
        await caller.run(caller.clients.client, service)
