"""What somebody looks at is what the watchers ask for, and what that costs is said."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from rdpgui.core.ids import InstanceId
from rdpgui.runner.bugs import report_bug

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession
    from rdpgui.ui.main_window import MainWindow

SAID_EVERY_S = 5.0


async def follow_screen(session: WorkSession, window: MainWindow) -> None:
    """Let the watchers of a session know what is in view, and say how many calls a minute it is; until cancelled."""
    panel, watchers = window.experiment.instances, session.watchers
    watchers.on_screen = partial(rows_in_view, window)
    panel.rows_shown.connect(watchers.look_at_screen)
    try:
        if session.lab:
            await asyncio.Event().wait()
        while True:
            window.show_calls(session.environment.aws.caller.calls_a_minute)
            await session.environment.ports.clock.sleep(SAID_EVERY_S)
    finally:
        panel.rows_shown.disconnect(watchers.look_at_screen)
        window.show_calls(None)


def rows_in_view(window: MainWindow) -> Sequence[InstanceId]:
    """Return what is in view; a view that fails is reported, and hinders no watcher."""
    try:
        return window.experiment.instances.rows_in_view()
    except Exception as error:  # noqa: BLE001 - see above
        report_bug(error, "asking what is in view")
        return ()
