"""``rdpgui access``: just-in-time access requests on a terminal. Listing only reads; anything else is confirmed."""

from __future__ import annotations

import argparse
import asyncio
import getpass

from rdpgui.app.access_listing import AccessListing
from rdpgui.app.clock import SystemClock
from rdpgui.app.environment import Environment, open_aws
from rdpgui.app.inspect_command import say_what_is_not_followed
from rdpgui.app.paths import user_paths
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.terminal import say, say_json
from rdpgui.core.access_requests import AccessRequest, Deed
from rdpgui.core.account_events import PlaceOpened
from rdpgui.core.arming import confirmation_given, confirmation_text
from rdpgui.core.errors import GuardRefusal, SettingsError
from rdpgui.core.ids import AccessRequestId, InstanceId
from rdpgui.i18n import N_, _
from rdpgui.runner.access_desk import AccessDesk
from rdpgui.runner.store import Store

DEEDS = {deed.name.lower(): deed for deed in Deed}


def main(arguments: argparse.Namespace) -> int:
    """Do what was asked for; exit status 0."""
    asyncio.run(_main(arguments))
    return 0


async def _main(arguments: argparse.Namespace) -> None:
    folders = FileRunFolders(user_paths(arguments.data_dir).runs)
    place = (arguments.profile, arguments.region)
    say_what_is_not_followed(arguments.endpoint_url, arguments.profile)
    environment = await open_aws(*place, folders, endpoint_url=arguments.endpoint_url)
    try:
        if environment.aws.sign_in is not None:
            await environment.aws.sign_in.resolve()
        await _do(environment, arguments)
    finally:
        await environment.aclose()


async def _do(environment: Environment, arguments: argparse.Namespace) -> None:
    store = Store()
    store.publish(PlaceOpened(SystemClock().now(), environment.place))
    requests = environment.aws.access_desk
    desk = AccessDesk(environment.ports, requests, store, by=getpass.getuser(), confirmed=True)
    if arguments.verb != "list" and not arguments.target:
        raise SettingsError(N_("{verb} needs the instance or the request it is for."), verb=arguments.verb)
    if arguments.verb == "list":
        _tell(await AccessListing().read(requests), as_json=arguments.json)
    elif arguments.verb == "request":
        request_id = await _file(environment, desk, arguments)
        _tell((await requests.request(request_id),), as_json=arguments.json)
    else:
        request_id = AccessRequestId(arguments.target)
        refuse_unconfirmed(arguments.confirm, arguments.target)
        await desk.do(request_id, DEEDS[arguments.verb], arguments.comment)
        _tell((await requests.request(request_id),), as_json=arguments.json)


async def _file(environment: Environment, desk: AccessDesk, arguments: argparse.Namespace) -> AccessRequestId:
    instance = await environment.ports.instances.instance(InstanceId(arguments.target))
    if not confirmation_given(arguments.confirm, instance, lab=False):
        refuse_unconfirmed(arguments.confirm, confirmation_text(instance, lab=False))
    return await desk.file(instance.instance_id, arguments.reason)


def refuse_unconfirmed(given: str, word: str) -> None:
    """Refuse an order that was not confirmed by its word.

    Raises:
        GuardRefusal: it was not.
    """
    if given.strip() != word:
        raise GuardRefusal(
            N_("This is not confirmed; nothing was done."), N_("Confirm it with --confirm {word}."), word=word
        )


def _tell(requests: tuple[AccessRequest, ...], *, as_json: bool) -> None:
    if as_json:
        say_json({"requests": [_to_json(request) for request in requests]})
        return
    if not requests:
        say(_("No request is to be seen."))
    for request in requests:
        filed = f"{request.created_at:%Y-%m-%d %H:%M:%SZ}" if request.created_at is not None else "-"
        say(f"{request.request_id}  {request.status or '?'}  {filed}  {request.by}  {request.title}".rstrip())
        for name, value in request.said:
            say(f"    {name}: {value}")


def _to_json(request: AccessRequest) -> dict[str, object]:
    return {
        "id": request.request_id,
        "status": request.status,
        "by": request.by,
        "title": request.title,
        "created_at": request.created_at.isoformat() if request.created_at is not None else None,
        "targets": list(request.targets),
        "execution": request.automation_id,
        "details": dict(request.said),
    }
