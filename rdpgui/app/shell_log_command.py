"""``rdpgui shell-log``: the contrast to the recording (claim C6). It only reads; the lab plays its own person."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

from rdpgui import i18n
from rdpgui.app import shell_log_words as words
from rdpgui.app.console_link import sessions_link
from rdpgui.app.environment import Environment, open_aws, open_lab
from rdpgui.app.field_notes import add_to_place, read_shells
from rdpgui.app.inspect_command import say_what_is_not_followed
from rdpgui.app.lab_process import LabProcess
from rdpgui.app.notes_command import folders_of
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.terminal import say, say_json
from rdpgui.core.cli import ApiCall, CliPlace, as_cli
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import LabError, SettingsError
from rdpgui.core.guards import refuse_unlisted
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.instance import ConnectionStatus, InstanceState, is_hybrid
from rdpgui.core.judging.claims import Claim, ClaimResult, judge_shells
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.order_cli import call_of
from rdpgui.core.place import Place
from rdpgui.core.session import Session
from rdpgui.core.shell_log import ShellContrast, ShellContrastMade, ShellLogSettings
from rdpgui.i18n import _, fill
from rdpgui.runner.shell_watch import AWS_PACE, LAB_PACE, Guide, ShellPace, ShellPorts, ShellWatch

EXIT_OK = 0
EXIT_REFUTED = 1
EXIT_DECIDES_NOTHING = 3
"""Nothing of the claim is decided. 2 is an error's."""

READY_LIMIT_S = 60.0
LINES_S = 1.2
"""The lab's person types for so long before the disruption."""
STOPS = (DisruptionId.EC2_STOP, DisruptionId.STOP_SKIP_OS_SHUTDOWN)


def main(arguments: argparse.Namespace, scenario: str) -> int:
    """Show the preferences of shells, or what became of a shell's log; returns the exit status.

    Raises:
        SettingsError: a scenario is the lab's, an instance an account's. RdpguiError: nothing could be read.
    """
    if scenario and (arguments.instance or arguments.session or arguments.profile or arguments.endpoint_url):
        raise SettingsError("A scenario is the lab's, a profile is AWS's.", "Give one of the two.")
    return asyncio.run(_Command(arguments).on_lab(scenario) if scenario else _Command(arguments).on_account())


class _Person:
    """Tells a person what to do; implements ``Guide``. What is said for a program goes to standard error."""

    def __init__(self, place: CliPlace, target: InstanceId, *, error: bool) -> None:
        self._place = place
        self._target = target
        self._error = error

    def begin(self) -> None:
        """Say how a shell is opened: no API does that alone."""
        start = as_cli(ApiCall("ssm", "StartSession", {"Target": str(self._target)}), self._place)
        page = "" if self._place.endpoint_url else sessions_link(self._place.region)
        text = _("Open a shell on {instance}: rdpgui cannot, it can only be done in the console or with the AWS CLI.")
        self._say(text.format(instance=self._target), *filter(None, (f"  {page}", f"  {start}")))

    async def seen(self, session: Session, settings: ShellLogSettings) -> None:
        """Say what to do now."""
        text = _("Seen: shell {session} of {owner}. Leave it open and stop the instance, for example with:")
        lines = [text.format(session=session.session_id, owner=session.owner or "?")]
        for kind in STOPS:
            order = DISRUPTIONS[kind].order
            if order is not None:
                lines.append(f"  {as_cli(call_of(order, self._target), self._place)}")
        self._say(*lines, _("Or leave it with exit: that shows whether a log arrives at all."))

    def _say(self, *lines: str) -> None:
        say(*lines, error=self._error)


class _LabPerson:
    """The lab's own person, who disrupts when told; implements ``Guide``."""

    def __init__(self, lab: LabProcess, target: InstanceId) -> None:
        self._lab = lab
        self._target = target
        self.deed = ""

    async def do(self, deed: str) -> None:
        """Do something now."""
        await self._lab.control("POST", "/_lab/people", {"instance_id": self._target, "do": deed})

    async def seen(self, session: Session, settings: ShellLogSettings) -> None:
        """Type a little, then do what was planned."""
        await asyncio.sleep(LINES_S)
        await self.do(self.deed)


class _Command:
    """One call of the command."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._json = bool(arguments.json)
        self._folders: FileRunFolders = folders_of(arguments.data_dir)

    async def on_account(self) -> int:
        """Show the preferences, and watch a shell where an instance was named."""
        asked = self._arguments
        if is_hybrid(InstanceId(asked.instance)):
            raise refuse_unlisted(InstanceId(asked.instance)).as_error()
        say_what_is_not_followed(asked.endpoint_url, asked.profile)
        environment = await open_aws(asked.profile, asked.region, self._folders, endpoint_url=asked.endpoint_url)
        try:
            if environment.aws.sign_in is not None:
                await environment.aws.sign_in.resolve()
            who = await environment.ports.identity.identity()
            place = environment.place.identified(who.account_id, who.region)
            settings = await environment.aws.shell_logs.settings()
            self._say(*words.settings_lines(settings))
            watched: list[ShellContrast] = []
            if asked.instance and settings is not None and settings.logged:
                target = InstanceId(asked.instance)
                cli = CliPlace(environment.aws.region, asked.profile, asked.endpoint_url)
                person = _Person(cli, target, error=self._json)
                person.begin()
                watched.append(await self._watch(environment, AWS_PACE, person, target))
            return self._leave(place, settings, watched)
        finally:
            await environment.aclose()

    async def on_lab(self, scenario: str) -> int:
        """Let the lab play a shell that is left in order, then one whose instance is stopped."""
        lab = LabProcess()
        try:
            lab.spawn(scenario=scenario, language=i18n.language())
            address = await lab.ready()
            await lab.seeded()
            environment = await open_lab(lab, address, self._folders)
            try:
                settings = await environment.aws.shell_logs.settings()
                self._say(*words.settings_lines(settings))
                watched: list[ShellContrast] = []
                if settings is not None and settings.logged:
                    watched = await self._played(environment, lab)
                return self._leave(environment.place, settings, watched)
            finally:
                await environment.aclose()
        finally:
            await lab.aclose()

    async def _played(self, environment: Environment, lab: LabProcess) -> list[ShellContrast]:
        target = await _usable(environment)
        person = _LabPerson(lab, target)
        watched = []
        for person.deed in ("close-shell", "stop-instance"):
            await person.do("open-shell")
            watched.append(await self._watch(environment, LAB_PACE, person, target))
        return watched

    async def _watch(
        self, environment: Environment, pace: ShellPace, guide: Guide, target: InstanceId
    ) -> ShellContrast:
        ports = environment.ports
        shell_ports = ShellPorts(ports.clock, ports.sessions, ports.instances, environment.aws.shell_logs)
        wanted = SessionId(self._arguments.session) if self._arguments.session else None
        return await ShellWatch(shell_ports, pace, guide, self._tell).contrast(target, wanted)

    def _tell(self, text: str, fields: dict[str, object]) -> None:
        self._say(fill(text, fields))

    def _say(self, *lines: str) -> None:
        say(*lines, error=self._json)

    def _leave(self, place: Place, settings: ShellLogSettings | None, watched: list[ShellContrast]) -> int:
        """Keep what was seen, tell it, and return the exit status."""
        for contrast in watched:
            add_to_place(self._folders, ShellContrastMade(datetime.now(UTC), place, contrast))
        all_here = read_shells(self._folders, place)
        claim = judge_shells(all_here)
        if self._json:
            found = [words.contrast_json(one, all_here) for one in watched]
            told = {"place": place.key, "settings": words.settings_json(settings), "shells": found}
            say_json(told | {"claim": words.claim_json(claim)})
        else:
            for contrast in watched:
                say(*words.contrast_lines(contrast, all_here))
            say(*words.claim_lines(claim, place))
        return _status(claim, watched) if self._arguments.instance or watched else EXIT_OK


def _status(claim: Claim, watched: list[ShellContrast]) -> int:
    ids = {str(contrast.session_id) for contrast in watched}
    if claim.result is ClaimResult.REFUTED and ids & set(claim.refuting):
        return EXIT_REFUTED
    return EXIT_OK if ids & set(claim.supporting) else EXIT_DECIDES_NOTHING


async def _usable(environment: Environment) -> InstanceId:
    """Return the lab's first instance that can be reached.

    Raises:
        LabError: none came up.
    """
    ports = environment.ports
    give_up_mono_s = ports.clock.monotonic() + READY_LIMIT_S
    while ports.clock.monotonic() < give_up_mono_s:
        for found in await ports.instances.instances():
            if found.state == InstanceState.RUNNING:
                status = await ports.instances.connection_status(found.instance_id)
                if status == ConnectionStatus.CONNECTED:
                    return found.instance_id
        await ports.clock.sleep(0.2)
    raise LabError("No instance of the lab came up within {limit:.0f} s.", "Try again.", limit=READY_LIMIT_S)
