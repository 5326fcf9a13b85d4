"""All ports of one environment. AWS and the lab differ by the endpoint URL and by who opens the connection."""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui import __version__
from rdpgui.app.clock import SystemClock
from rdpgui.app.console_link import ConsoleLinkOpener
from rdpgui.app.lab_connection import LabConnectionOpener
from rdpgui.app.lab_process import LabAddress, LabProcess
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.aws.clients import LabKeys, Pace
from rdpgui.aws.factory import AwsPorts, connect
from rdpgui.core.ids import Region
from rdpgui.core.place import Place, endpoint_of
from rdpgui.core.ports import ConnectionOpener, Ports
from rdpgui.core.settings import AWS_TIMING, LAB_TIMING, Timing
from rdpgui.core.sign_in import SignInDesk
from rdpgui.media.film_port import FilmInspector

LAB_PACE = Pace(attempts=2, connect_timeout_s=1, read_timeout_s=5)
"""On loopback an endpoint that does not answer at once is gone; that shall show within seconds."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One place, ready to use."""

    ports: Ports
    aws: AwsPorts
    films: FilmInspector
    timing: Timing
    place: Place

    @property
    def lab(self) -> bool:
        """Whether this is the lab."""
        return self.place.lab

    async def aclose(self) -> None:
        """Take no more calls and end the inspector. The lab is ended by its owner."""
        await self.films.aclose()
        await self.aws.aclose()


async def open_lab(lab: LabProcess, address: LabAddress, folders: FileRunFolders) -> Environment:
    """Build the ports on the embedded lab."""
    aws = await connect(
        region=address.region,
        endpoint_url=address.url,
        pace=LAB_PACE,
        lab_keys=LabKeys(address.access_key_id, address.secret_access_key),
        user_agent_extra=f"rdpgui/{__version__}",
    )
    return environment_of(aws, LabConnectionOpener(lab), folders, LAB_TIMING, Place(scenario=lab.scenario))


async def open_aws(
    profile: str, region: str, folders: FileRunFolders, *, endpoint_url: str = "", desk: SignInDesk | None = None
) -> Environment:
    """Build the ports on an account; nobody is signed in yet. ``desk``: who is asked for an MFA code."""
    aws = await connect(
        profile=profile,
        region=region,
        endpoint_url=endpoint_url,
        user_agent_extra=f"rdpgui/{__version__}",
        desk=desk,
    )
    return environment_of(
        aws,
        ConsoleLinkOpener("" if endpoint_url else aws.region, aws.console),
        folders,
        AWS_TIMING,
        Place(region=Region(aws.region), endpoint=endpoint_of(endpoint_url)),
    )


def environment_of(
    aws: AwsPorts, opener: ConnectionOpener, folders: FileRunFolders, timing: Timing, place: Place
) -> Environment:
    """Put the ports of a place together."""
    films = FilmInspector()
    ports = Ports(
        clock=SystemClock(),
        identity=aws.identity,
        instances=aws.instances,
        sessions=aws.sessions,
        disruptions=aws.disruptions,
        preferences=aws.preferences,
        objects=aws.objects,
        access=aws.access,
        opener=opener,
        films=films,
        folders=folders,
        audit=aws.audit,
        answers=aws.caller.noting,
    )
    return Environment(ports, aws, films, timing, place)
