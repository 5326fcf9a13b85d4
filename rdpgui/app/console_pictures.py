"""Console pictures for the live stage: taken beside the runs of the place that is open, read for the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.workplace import Workplace
from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import Still
from rdpgui.core.ids import RunId
from rdpgui.core.screen import ScreenPicture, may_look
from rdpgui.core.screen_match import ScreenMatch, WantedPicture
from rdpgui.core.state import RunState
from rdpgui.i18n import retell
from rdpgui.media.console_album import ConsoleAlbum
from rdpgui.media.console_match import FrameMatcher
from rdpgui.threads import DaemonPool

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession


class ConsolePictures:
    """Implements ``ui.stage.port.PicturePort``.

    Args:
        work: whose scope and settings are in force. folders: of the runs.
    """

    def __init__(self, work: Workplace, folders: FileRunFolders) -> None:
        self._work = work
        new_pool = partial(DaemonPool, 1)
        self._album = ConsoleAlbum(folders.folder_of, new_pool)
        self._matcher = FrameMatcher(new_pool)

    def watch(self, session: WorkSession) -> None:
        """Take pictures of the runs of a session from now on, as long as its place is open."""
        from rdpgui.runner.screen_watch import ScreenWatch

        ports = session.environment.ports
        watch = ScreenWatch(ports.instances, ports.clock, self._work.store, self._album, self._allowed)
        self._work.scope.start("console pictures", watch.watch())

    def read(self, path: Path, on_done: Callable[[Still], None], on_failed: Callable[[str], None]) -> None:
        """Decode a picture file and hand it over; ``on_failed`` gets why not, in the reader's language."""
        self._work.window_scope.start(
            "console picture", self._album.read(path), on_done=on_done, on_error=partial(_failed, on_failed)
        )

    def list(self, run_id: RunId, on_done: Callable[[tuple[ScreenPicture, ...]], None]) -> None:
        """Hand over the pictures that a run's folder keeps, oldest first."""
        self._work.window_scope.start("console pictures of a run", self._album.list(run_id), on_done=on_done)

    def match(
        self, film: Path, wanted: Sequence[WantedPicture], on_done: Callable[[tuple[ScreenMatch, ...]], None]
    ) -> None:
        """Say where each picture is in a film; of a film that cannot be opened nothing is said: its panel says why."""
        self._work.window_scope.start(
            "console pictures in a film", self._matcher.match(film, wanted), on_done=on_done, on_error=_unsaid
        )

    async def aclose(self) -> None:
        """End the threads."""
        await self._album.aclose()
        await self._matcher.aclose()

    def _allowed(self, run: RunState) -> bool:
        return may_look(run.place, self._work.settings.live_pictures)


def _unsaid(error: RdpguiError) -> None:
    """The film's own panel says why it cannot be opened; the log has it from the scope."""


def _failed(on_failed: Callable[[str], None], error: RdpguiError) -> None:
    on_failed(retell(error.text()))
