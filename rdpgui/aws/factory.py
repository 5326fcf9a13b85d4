"""Build the ports of one account and Region, or of the lab: the endpoint is the only difference."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rdpgui.aws.access_desk import AwsAccessDesk
from rdpgui.aws.actions import AwsActions
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import ClientSource, LabKeys, Pace, Place
from rdpgui.aws.cloudtrail import CloudTrailAudit
from rdpgui.aws.ec2 import Ec2Instances
from rdpgui.aws.federation import FederatedSignIn
from rdpgui.aws.guiconnect import GuiConnectPreferences
from rdpgui.aws.preflight import AwsPreflight
from rdpgui.aws.preflight_target import TargetPorts
from rdpgui.aws.region_list import AwsRegions
from rdpgui.aws.repairs import AwsRepairs
from rdpgui.aws.s3 import S3Objects
from rdpgui.aws.shell_logs import ShellLogs
from rdpgui.aws.sign_in import SignIn
from rdpgui.aws.ssm import SsmAccess, SsmSessions
from rdpgui.aws.sts import StsIdentity
from rdpgui.core.sign_in import NobodyAtTheDesk, SignInDesk


@dataclass(frozen=True, slots=True)
class AwsPorts:
    """The ports that AWS implements, and the caller behind them.

    Attributes:
        region: the Region in use.
        endpoint_url: where calls go when it is not AWS, else empty.
        sign_in: gives the clients their credentials; None in the lab, and where the clients have their own.
        console: signs the browser in as the same principal; None where AWS's console does not belong.
    """

    identity: StsIdentity
    instances: Ec2Instances
    sessions: SsmSessions
    disruptions: AwsActions
    preferences: GuiConnectPreferences
    objects: S3Objects
    access: SsmAccess
    access_desk: AwsAccessDesk
    audit: CloudTrailAudit
    preflight: AwsPreflight
    repairs: AwsRepairs
    regions: AwsRegions
    shell_logs: ShellLogs
    caller: AwsCaller
    region: str
    endpoint_url: str
    sign_in: SignIn | None = None
    console: FederatedSignIn | None = None

    async def aclose(self) -> None:
        """Take no more calls. Returns at once; a call that hangs ends with the process at the latest."""
        await self.caller.aclose()


async def connect(
    *,
    profile: str = "",
    region: str = "",
    endpoint_url: str = "",
    lab_keys: LabKeys | None = None,
    pace: Pace | None = None,
    user_agent_extra: str = "rdpgui",
    desk: SignInDesk | None = None,
) -> AwsPorts:
    """Make the session off the event loop and build the ports. Makes no call to AWS.

    Nobody is signed in yet: that is ``sign_in.resolve()``, or ``connect_signed_in``.

    Args:
        profile: empty takes the SDK's default chain.
        region: empty takes the profile's.
        endpoint_url: empty means AWS.
        lab_keys: the lab's own keys; then neither environment nor profiles are read.
        pace: attempts and time-outs of reads.
        user_agent_extra: name and version of the program.
        desk: who is asked for an MFA code; None: nobody.

    Raises:
        SettingsError: there is no Region, or it cannot be used.
        CredentialsExpired: there is no such profile.
        LabError: lab keys without the lab's address.
    """
    place = Place(profile, region, endpoint_url.rstrip("/"), lab_keys)
    source = ClientSource(place, pace, user_agent_extra=user_agent_extra)
    caller = await _opened(source)
    if place.lab:
        return ports_of(caller, place, source.region)
    sign_in = SignIn(source.holder, profile, region, desk or NobodyAtTheDesk(), source.account_of)
    caller.explain = sign_in.explain
    ports = ports_of(caller, place, source.region, sign_in)
    if place.endpoint_url:  # no key ever goes to a sign-in page of AWS's for what is not AWS
        return ports
    return replace(ports, console=FederatedSignIn(caller, source.holder, lambda: sign_in.access.kind, profile))


async def _opened(source: ClientSource) -> AwsCaller:
    """Return a caller whose session is made; none is left behind where it cannot be."""
    caller = AwsCaller(source)
    try:
        await caller.run(source.open)
    except BaseException:
        await caller.aclose()
        raise
    return caller


async def connect_signed_in(*, profile: str, region: str, endpoint_url: str) -> AwsPorts:
    """Return the ports with somebody signed in, for a command that does one thing and ends.

    Raises:
        SettingsError, CredentialsExpired: as ``connect`` and ``SignIn.resolve``.
    """
    ports = await connect(profile=profile, region=region, endpoint_url=endpoint_url)
    try:
        if ports.sign_in is not None:
            await ports.sign_in.resolve()
    except BaseException:
        await ports.aclose()
        raise
    return ports


def ports_of(caller: AwsCaller, place: Place, region: str, sign_in: SignIn | None = None) -> AwsPorts:
    """Build the ports on a caller; tests give it stubbed clients."""
    instances = Ec2Instances(caller)
    sessions = SsmSessions(caller)
    disruptions = AwsActions(caller, dry_run_is_kept=place.lab or not place.endpoint_url)
    preferences = GuiConnectPreferences(caller)
    identity = StsIdentity(caller, place, region, sign_in)
    access = SsmAccess(caller)
    return AwsPorts(
        identity=identity,
        instances=instances,
        sessions=sessions,
        disruptions=disruptions,
        preferences=preferences,
        objects=S3Objects(caller),
        access=access,
        access_desk=AwsAccessDesk(caller, access),
        audit=CloudTrailAudit(caller),
        preflight=AwsPreflight(caller, identity, preferences, TargetPorts(instances, sessions)),
        repairs=AwsRepairs(caller),
        regions=AwsRegions(caller, region, place.endpoint_url),
        shell_logs=ShellLogs(caller),
        caller=caller,
        region=region,
        endpoint_url=place.endpoint_url,
        sign_in=sign_in,
    )
