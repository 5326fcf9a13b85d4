"""The way into a place: what is reached of the lab or of an account, before anything is read of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rdpgui.app.lab_process import LabProcess
from rdpgui.app.later import make_clients
from rdpgui.app.paths import Paths
from rdpgui.app.place_memory import remember
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.signing_in import SigningIn, WindowDesk
from rdpgui.app.workplace import Workplace
from rdpgui.core.errors import RdpguiError
from rdpgui.core.place import Place

if TYPE_CHECKING:
    from rdpgui.app.environment import Environment
    from rdpgui.ui.main_window import MainWindow


class PlaceEntrance:
    """Enters the place that the settings name; whatever fails on the way leaves nothing open.

    Args:
        work: what is open; its lab is of the place that is entered. window: asks for what signing in needs.
        folders: of the runs. paths: where is kept which account a profile led to.
        signing_in: signs in to an account. look_at: shows a place as soon as it is known.
    """

    def __init__(
        self,
        work: Workplace,
        window: MainWindow,
        folders: FileRunFolders,
        paths: Paths,
        signing_in: SigningIn,
        look_at: Callable[[Place], None],
    ) -> None:
        self._work = work
        self._window = window
        self._folders = folders
        self._paths = paths
        self._signing_in = signing_in
        self._look_at = look_at

    async def enter(self) -> Environment:
        """Return the environment of the lab once it is seeded, or of an account once somebody is signed in.

        Raises:
            RdpguiError: it cannot be reached, or nobody is signed in.
        """
        return await self._signed_in() if self._work.lab is None else await self._seeded(self._work.lab)

    async def _seeded(self, lab: LabProcess) -> Environment:
        from rdpgui.app.environment import open_lab
        from rdpgui.runner.concurrency import Together

        environment = await open_lab(lab, await lab.ready(), self._folders)
        try:
            async with Together() as starting:
                starting.start(lab.seeded())
                starting.start(make_clients(environment.aws.caller))
        except BaseException:
            await environment.aclose()
            raise
        return environment

    async def _signed_in(self) -> Environment:
        from rdpgui.app.environment import open_aws

        settings, desk = self._work.settings, WindowDesk(self._window)
        environment = await open_aws(
            settings.profile, settings.region, self._folders, endpoint_url=settings.endpoint_url, desk=desk
        )
        try:
            self._look_at(environment.place)
            await self._signing_in.sign_in(environment.aws)
            self._remember()
        except BaseException:
            await environment.aclose()
            raise
        return environment

    def _remember(self) -> None:
        """Keep which account a profile led to; that it cannot be kept hinders nobody."""
        who = self._work.store.state.identity
        if who is not None and not who.lab and not who.endpoint_url:
            try:
                remember(self._paths.places_file, who)
            except RdpguiError as error:
                self._work.notifications.error(error)
