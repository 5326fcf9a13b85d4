"""What a person does with runs that are over: archive them, take them back, delete them."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rdpgui.core.account_events import RunDeleted
from rdpgui.core.errors import GuardRefusal
from rdpgui.core.ids import RunId
from rdpgui.core.texts import N_
from rdpgui.runner.by_hand import append_action

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession


async def archive_run(session: WorkSession, run_id: RunId, *, archived: bool) -> None:
    """Put a run away, or take it back; said in its journal.

    Raises:
        GuardRefusal: it has no end yet.
        StorageError: its journal cannot be written.
    """
    _refuse_without_end(session, run_id)
    await session.archive(run_id, away=archived)


async def delete_run(session: WorkSession, run_id: RunId, throw_away: Callable[[Path], bool]) -> None:
    """Delete a run with its folder; said in the log and in the journal of what is done by hand.

    Args:
        session: knows the run.
        run_id: the run.
        throw_away: removes a folder, blocking, and says whether it went to the wastebasket.

    Raises:
        GuardRefusal: it has no end yet, so it may go on here or in another program.
        StorageError: the folder stays, or the deletion could not be written down.
    """
    _refuse_without_end(session, run_id)
    in_wastebasket = await session.history.off_loop(throw_away, session.folders.folder_of(run_id))
    event = RunDeleted(session.environment.ports.clock.now(), run_id, getpass.getuser(), in_wastebasket)
    await session.folders.pen.run(partial(append_action, session.folders, event))
    session.store.publish(event)
    await session.history.forget([run_id])


def _refuse_without_end(session: WorkSession, run_id: RunId) -> None:
    line = session.store.state.history.get(run_id)
    if session.runner.line_of(run_id) is not None or (line is not None and line.is_open):
        raise GuardRefusal(N_("The run {run} has no end yet."), N_("Wait for its end, or abort it."), run=run_id)
