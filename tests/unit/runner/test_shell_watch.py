"""A shell is watched to its end, then its log is looked for; in virtual time, on played answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from rdpgui.core.errors import AccessDenied, AwsError, NotConnected, Throttled
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.instance import Instance, InstanceState, ManagedNode, PingStatus
from rdpgui.core.judging.shell_logs import was_cut_off
from rdpgui.core.session import PORT_FORWARDING_DOCUMENT, Session, SessionStatus
from rdpgui.core.shell_log import RUN_SHELL, Finding, LogDestination, LogFound, LogKind, ShellContrast, ShellLogSettings
from rdpgui.runner.shell_watch import ShellPace, ShellPorts, ShellWatch
from tests.helpers.virtual_time import EPOCH, FakeClock, run_virtual

TARGET = InstanceId("i-0aaaaaaaaaaaaaaaa")
SHELL = Session(SessionId("ann-1"), TARGET, SessionStatus.CONNECTED, True, EPOCH, document_name=RUN_SHELL)
DESKTOP = replace(SHELL, session_id=SessionId("ann-2"), document_name=PORT_FORWARDING_DOCUMENT)
SETTINGS = ShellLogSettings("logs", "", "group", streamed=True)
PACE = ShellPace(poll_s=1.0, open_limit_s=20.0, end_limit_s=60.0, looks=3, apart_s=2.0)
FOUND = LogFound(9, EPOCH)


@dataclass
class Story:
    """What happens, seconds after the beginning; None for never. Implements the ports that are read, and ``Guide``.

    Attributes:
        left_s: the person leaves, or the instance goes down (``stopped_s``).
        arrives_s: the object of the log is there.
        state: of the instance until it stops; running unless told otherwise.
        broken: what answers about sessions fail with until ``broken_s``.
    """

    opened_s: float = 3.0
    left_s: float | None = 10.0
    stopped_s: float | None = None
    arrives_s: float | None = None
    streamed: bool = True
    others: tuple[Session, ...] = (DESKTOP,)
    broken: AwsError | None = None
    broken_s: float = 6.0
    look_error: AwsError | None = None
    nodes_error: AwsError | None = None
    state: str = ""
    clock: FakeClock = field(default_factory=FakeClock)
    told: list[str] = field(default_factory=list)
    seen_s: float = 0.0

    def past(self, moment_s: float | None) -> bool:
        return moment_s is not None and self.clock.monotonic() >= moment_s

    async def sessions(
        self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
    ) -> tuple[Session, ...]:
        if self.broken is not None and not self.past(self.broken_s):
            raise self.broken
        over = self.past(self.left_s)
        if active:
            return (*self.others, *((SHELL,) if self.past(self.opened_s) and not over else ()))
        ended_at = EPOCH + timedelta(seconds=self.left_s or 0.0)
        return (replace(SHELL, status=SessionStatus.TERMINATED, ended_at=ended_at),) if over else ()

    async def instance(self, instance_id: InstanceId) -> Instance:
        if not self.past(self.stopped_s):
            return Instance(instance_id, "win", InstanceState(self.state or InstanceState.RUNNING))
        at = EPOCH + timedelta(seconds=self.stopped_s or 0.0)
        reason = f"User initiated ({at:%Y-%m-%d %H:%M:%S} GMT)"
        state = InstanceState.STOPPED if self.past((self.stopped_s or 0.0) + 30) else InstanceState.STOPPING
        return Instance(instance_id, "win", state, "Client.UserInitiatedShutdown", reason)

    async def nodes_of(self, instance_ids: list[InstanceId]) -> tuple[ManagedNode, ...]:
        if self.nodes_error is not None:
            raise self.nodes_error
        return (ManagedNode(TARGET, PingStatus.ONLINE, agent_version="3.3.0.0"),)

    async def settings(self) -> ShellLogSettings | None:
        return SETTINGS

    async def look(self, destination: LogDestination) -> LogFound | None:
        if self.look_error is not None:
            raise self.look_error
        there = self.streamed if destination.kind is LogKind.LOG_GROUP else self.past(self.arrives_s)
        return FOUND if there else None

    async def seen(self, session: Session, settings: ShellLogSettings) -> None:
        self.seen_s = self.clock.monotonic()

    def watch(self, wanted: str = "") -> ShellContrast:
        async def main() -> ShellContrast:
            ports = ShellPorts(self.clock, cast("Any", self), cast("Any", self), self)
            watch = ShellWatch(ports, PACE, self, lambda text, fields: self.told.append(text.format(**fields)))
            return await watch.contrast(TARGET, SessionId(wanted) if wanted else None)

        return run_virtual(main())


def findings(contrast: ShellContrast) -> list[Finding]:
    return [looks.finding for looks in contrast.looked]


def test_that_a_shell_that_is_cut_off_has_its_end_and_its_looks() -> None:
    story = Story(left_s=12.0, stopped_s=10.0)
    contrast = story.watch()
    assert was_cut_off(contrast) == (True, "")
    assert findings(contrast) == [Finding.NOT_THERE, Finding.THERE]
    assert (contrast.end.state, contrast.end.status) == ("stopped", "Terminated")
    assert story.seen_s >= story.opened_s


def test_that_a_log_that_comes_while_the_instance_still_goes_down_is_there() -> None:
    assert findings(Story(left_s=12.0, stopped_s=10.0, arrives_s=35.0).watch())[0] is Finding.THERE


def test_that_a_shell_that_is_left_in_order_is_not_cut_off() -> None:
    contrast = Story(arrives_s=11.0).watch()
    assert was_cut_off(contrast)[0] is False
    assert findings(contrast) == [Finding.THERE, Finding.THERE]


def test_that_a_word_of_aws_that_is_not_known_is_no_stop() -> None:
    contrast = Story(arrives_s=11.0, state="resting").watch()
    assert (contrast.end.down_at, contrast.end.state) == (None, "resting")


def test_that_a_destination_that_is_denied_says_why() -> None:
    contrast = Story(look_error=AccessDenied("denied to {who}", who="ann")).watch()
    assert findings(contrast) == [Finding.UNREADABLE] * 2
    assert contrast.looked[0].error == "denied to ann"


def test_that_a_look_that_fails_in_passing_is_said_once_and_had_again() -> None:
    story = Story(broken=Throttled("slow down"))
    story.watch()
    assert story.told[0] == "Reading sessions failed: slow down"
    assert len(story.told) == 2


def test_that_without_the_agents_version_streaming_is_not_known_and_all_else_goes_on() -> None:
    contrast = Story(nodes_error=AccessDenied("no"), left_s=12.0, stopped_s=10.0).watch()
    assert [looks.destination.streamed for looks in contrast.looked] == [False, None]
    assert findings(contrast) == [Finding.NOT_THERE, Finding.THERE]


def test_that_a_denied_list_of_sessions_ends_the_watch() -> None:
    with pytest.raises(AccessDenied):
        Story(broken=AccessDenied("no")).watch()


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (Story(opened_s=1_000.0, left_s=None), "No shell was seen"),
        (Story(left_s=None), "still open"),
        (Story(opened_s=0.0, others=(replace(SHELL, session_id=SessionId("bob-1")),)), "several shells"),
    ],
    ids=["none", "endless", "two"],
)
def test_that_without_one_shell_that_ends_there_is_no_contrast(story: Story, said: str) -> None:
    with pytest.raises(NotConnected, match=said):
        story.watch()


def test_that_of_several_shells_the_one_that_was_named_is_watched() -> None:
    story = Story(others=(replace(SHELL, session_id=SessionId("bob-1")),))
    assert story.watch("ann-1").session_id == "ann-1"


def test_that_a_watch_that_is_given_up_leaves_nothing_behind() -> None:
    story = Story(left_s=None)

    async def main() -> None:
        ports = ShellPorts(story.clock, cast("Any", story), cast("Any", story), story)
        task = asyncio.ensure_future(ShellWatch(ports, PACE, story, lambda _text, _fields: None).contrast(TARGET))
        await asyncio.sleep(5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run_virtual(main())
