"""Reading the target before the connection and right before the disruption."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import PurePath
from typing import TypeVar

from rdpgui.core.errors import AwsError, GuardRefusal, RdpguiError
from rdpgui.core.guards import target_refusals
from rdpgui.core.instance import InstanceProtection
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.objects_before import OBJECTS_NAME, Pairs, is_short, steps_of
from rdpgui.core.ports import RunFolders
from rdpgui.core.recording import RecordingObject
from rdpgui.core.refusal import TargetFacts
from rdpgui.core.run_events import BaselineTaken
from rdpgui.core.texts import N_
from rdpgui.runner.concurrency import Together
from rdpgui.runner.run_context import RunContext

_T = TypeVar("_T")

MAX_OFFSET_S = 86_400.0
"""Clock bounds when AWS's time could not be read: nothing is known."""


async def read_target(run: RunContext, *, allow_tag: str) -> TargetFacts:
    """Return what is known of the target now; all reads go on at the same time.

    Raises:
        AwsError: the instance itself or the caller could not be read.
    """
    ports, target = run.ports, run.plan.instance_id
    async with Together() as reads:
        identity = reads.start(ports.identity.identity())
        instance = reads.start(ports.instances.instance(target))
        protection = reads.start(_or_none(partial(ports.instances.protection, target)))
        nodes = reads.start(_known(ports.instances.nodes))
        connection = reads.start(_or_none(partial(ports.instances.connection_status, target)))
        preferences = reads.start(_known(ports.preferences.preferences))
    known, value = preferences.result()
    nodes_known, listed = nodes.result()
    who = identity.result()
    return TargetFacts(
        account_id=who.account_id,
        region=who.region,
        instance=instance.result(),
        protection=protection.result(),
        node=next((n for n in listed or () if n.instance_id == target), None),
        connection=connection.result(),
        preferences=value,
        preferences_known=known,
        allow_tag=allow_tag,
        lab=who.lab,
        nodes_known=nodes_known,
    )


async def take_baseline(run: RunContext, *, allow_tag: str) -> TargetFacts:
    """Check the guards and record what is true before the connection.

    Raises:
        GuardRefusal: the target may not be used for this disruption; the text names reason and remedy.
        AwsError: the target or the recording destination could not be read.
    """
    async with Together() as reads:
        reading = reads.start(read_target(run, allow_tag=allow_tag))
        offset = reads.start(_or_none(run.ports.identity.clock_offset_s))
    facts = reading.result()
    refusals = target_refusals(facts, DISRUPTIONS[run.plan.disruption_id])
    if refusals:
        raise refusals[0].as_error()
    if facts.preferences is None:
        raise GuardRefusal(N_("RDP connection recording is not configured in this Region."))
    listing = await run.ports.objects.objects(facts.preferences.bucket)
    bounds = offset.result() or (-MAX_OFFSET_S, MAX_OFFSET_S)
    now = run.now()
    run.listing_read_at = now
    pairs, digest = await run.ports.folders.pen.run(partial(_keep_objects, run.ports.folders, run.folder, listing))
    await run.keep(
        BaselineTaken(
            now,
            run.plan.run_id,
            facts.instance,
            facts.protection or InstanceProtection(),
            facts.preferences,
            pairs,
            None,
            bounds[0],
            bounds[1],
            len(pairs),
            digest,
        )
    )
    run.sample_clock(offset.result())
    return facts


def _keep_objects(folders: RunFolders, folder: PurePath, listing: Sequence[RecordingObject]) -> tuple[Pairs, str]:
    """On the writer's thread: return key and ETag of each object, and the hash of their file when they need one."""
    pairs = tuple((item.key, item.etag) for item in listing)
    return pairs, "" if is_short(pairs) else folders.write_steps(folder / OBJECTS_NAME, steps_of(pairs))


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error of a task group, the program's own before others."""
    own, _ = group.split(RdpguiError)
    error: BaseException = own or group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def sample_offset(run: RunContext) -> None:
    """Compare the local clock with AWS's once more; a clock that cannot be compared is sampled all the same."""
    run.sample_clock(await _or_none(run.ports.identity.clock_offset_s))


async def _or_none(read: Callable[[], Awaitable[_T]]) -> _T | None:
    """Return what was read, None when it could not be read: a missing fact is judged by the guards.

    Takes what reads, not a reading on its way: of that, one cancelled before its first turn would never be awaited.
    """
    try:
        return await read()
    except AwsError:
        return None


async def _known(read: Callable[[], Awaitable[_T]]) -> tuple[bool, _T | None]:
    try:
        return True, await read()
    except AwsError:
        return False, None
