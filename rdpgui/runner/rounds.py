"""What no look asks for comes round, a page at a turn, again and again; until then its rows are told in the past."""

from __future__ import annotations

from collections.abc import Callable

from rdpgui.core.account_events import PollFailed, Topic
from rdpgui.core.errors import RdpguiError
from rdpgui.core.ports import Clock
from rdpgui.runner.answers import poll_failed
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.inventory import Inventory
from rdpgui.runner.pace import BACKOFF_CAP_S
from rdpgui.runner.session_lists import SessionLists
from rdpgui.runner.turns import Turns

ROUNDS_A_HISTORY = 4
"""What has ended hardly changes: a long history comes round once in so many rounds of the instances."""


class Rounds:
    """Reads a large fleet and a long history slowly.

    Args:
        inventory, sessions: what is read, and knows whether it is more than a look may cost.
        turns: when the next page may be read.
        clock: waits after a failure.
        tell: is told why a round was not finished, once for a row of equal failures: looks go on, and may well succeed.
    """

    def __init__(
        self,
        inventory: Inventory,
        sessions: SessionLists,
        turns: Turns,
        clock: Clock,
        tell: Callable[[PollFailed], None],
    ) -> None:
        self._inventory = inventory
        self._sessions = sessions
        self._turns = turns
        self._clock = clock
        self._tell = tell
        self._failure = ""

    async def go_on(self) -> None:
        """Read round after round, until cancelled; whatever is raised ends one round only."""
        rounds = 0
        while True:
            await self._turns.next()
            try:
                await self._read(history=rounds % ROUNDS_A_HISTORY == 0)
                self._failure = ""
            except RdpguiError as error:
                self._say(error)
                await self._clock.sleep(BACKOFF_CAP_S)
            except Exception as error:  # noqa: BLE001 - as in a look: a profile or a proxy may raise anything
                report_bug(error, "reading what comes round")
                await self._clock.sleep(BACKOFF_CAP_S)
            rounds += 1

    async def _read(self, *, history: bool) -> None:
        if self._inventory.large:
            await self._inventory.read_round(self._turns.next)
        if history and self._sessions.long:
            await self._sessions.read_round(self._turns.next)

    def _say(self, error: RdpguiError) -> None:
        if error.text() != self._failure:
            self._failure = error.text()
            self._tell(poll_failed(self._clock.now(), Topic.INSTANCES, error))
