"""The window's own sign-in on files of the test: told once, taken again, given up. No network, no Qt."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rdpgui.app import logs
from rdpgui.app.clock import SystemClock
from rdpgui.app.place_memory import remember
from rdpgui.app.signing_in import FORESEEN, SigningIn
from rdpgui.aws.factory import AwsPorts, connect
from rdpgui.core.access import Access, CredentialKind
from rdpgui.core.account_events import IdentityObserved, PollFailed, PollWaits, Topic
from rdpgui.core.codec import dumps
from rdpgui.core.errors import CredentialsExpired, Unreachable
from rdpgui.core.events import Event
from rdpgui.core.ids import AccountId, Region
from rdpgui.core.ports import Identity
from rdpgui.core.state import AppState
from rdpgui.runner import answers
from rdpgui.runner.store import Store
from tests.helpers.limits import limit_s
from tests.unit.aws.accounts import SECRET, TOKEN, Files, Sts
from tests.unit.aws.test_sign_in import Desk

pytestmark = pytest.mark.asyncio

CODE = "73519284"
KEYS = f"[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = {SECRET}\n"


class Place:
    """A working place without a window: store, events, and a session on the ports."""

    def __init__(self, aws: AwsPorts) -> None:
        self.store = Store()
        self.events: list[Event] = []
        self.refreshed = 0
        self.reopened = 0
        self.tasks: list[asyncio.Task[None]] = []
        self.store.subscribe(self._keep)
        self.aws = aws
        watchers = SimpleNamespace(refresh=self._refresh)
        session = SimpleNamespace(environment=SimpleNamespace(aws=aws), watchers=watchers)
        self.work = cast("Any", SimpleNamespace(store=self.store, session=session, lab=None))
        self.cancelled: list[str] = []
        self.said: list[str] = []
        self.names: list[str] = []
        self.work.scope = SimpleNamespace(start=self._start, cancel=self.cancelled.append, names=self.names)
        self.work.notifications = SimpleNamespace(say=self._say)
        self.signing_in = SigningIn(self.work, SystemClock(), self._reopen, print)

    def _keep(self, _state: AppState, event: Event) -> None:
        self.events.append(event)

    def _refresh(self) -> None:
        self.refreshed += 1

    def _reopen(self) -> None:
        self.reopened += 1

    def _start(self, name: str, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.append(task)
        self.names.append(name)
        task.add_done_callback(lambda _task: self.names.remove(name))

    def _say(self, _tone: object, text: str, _remedy: str) -> None:
        self.said.append(text)

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


class Known:
    """An STS port that knows who calls, once somebody is signed in."""

    def __init__(self, aws: AwsPorts, gate: asyncio.Event | None = None) -> None:
        self._aws = aws
        self._gate = gate

    async def identity(self) -> Identity:
        if self._gate is not None:
            await self._gate.wait()
        access = self._aws.sign_in.access if self._aws.sign_in is not None else None
        return Identity(
            AccountId("123456789012"), "arn:aws:iam::1:user/a", Region("eu-west-1"), "work", "", False, access
        )


async def place_on(files: Files, gate: asyncio.Event | None = None) -> Place:
    aws = await connect(profile="work", region="eu-west-1")
    object.__setattr__(aws, "identity", Known(aws, gate))
    return Place(aws)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    found = Files(tmp_path, monkeypatch)
    found.write("", KEYS)
    return found


@pytest.mark.case("P5")
async def test_that_whoever_signs_in_is_shown_before_any_table_is_read(files: Files) -> None:
    place = await place_on(files)
    await place.signing_in.sign_in(place.aws)
    assert [event.access.profile for event in place.of(IdentityObserved)] == ["work"]
    assert SECRET not in repr(place.events)


@pytest.mark.case("P2")
async def test_that_fresh_keys_are_taken_by_themselves_when_the_old_ones_are_refused(files: Files) -> None:
    place = await place_on(files)
    await place.signing_in.sign_in(place.aws)
    place.signing_in.renew()
    assert place.tasks == [], "the files are the same"
    files.write("", KEYS.replace("AKIAWORK", "AKIAFRESH"))
    place.signing_in.renew()
    await asyncio.gather(*place.tasks)
    clients: Any = place.aws.caller.clients
    assert clients.holder.get_frozen_credentials().access_key == "AKIAFRESH"
    assert place.refreshed == 1


@pytest.mark.case("P4")
async def test_that_a_retry_that_fails_tells_why_once_and_ends_nothing(files: Files) -> None:
    place = await place_on(files)
    await place.signing_in.sign_in(place.aws)
    files.write("", "")
    place.signing_in.retry()
    await asyncio.gather(*place.tasks)
    failed = place.of(PollFailed)
    assert [(event.topic, event.need.command) for event in failed] == [
        (Topic.IDENTITY, "aws configure sso --profile work")
    ]
    assert place.refreshed == 0


@pytest.mark.case("P3")
async def test_that_an_endpoint_that_hangs_is_said_and_can_be_given_up(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "WAITS_S", 0.01)
    place = await place_on(files, asyncio.Event())
    trying = asyncio.ensure_future(place.signing_in.sign_in(place.aws))
    await asyncio.wait_for(place.store.until(_waits_for_sts, None), limit_s(5))
    assert place.of(PollWaits)[-1].what == "sts:GetCallerIdentity"
    place.signing_in.give_up()
    with pytest.raises(CredentialsExpired, match="given up"):
        await asyncio.wait_for(trying, limit_s(5))


def _waits_for_sts(state: AppState) -> bool:
    waits = state.waits.get(Topic.IDENTITY)
    return waits is not None and waits.what == "sts:GetCallerIdentity"


@pytest.mark.case("P2")
async def test_that_the_end_of_a_sign_in_is_foreseen_and_said_once(files: Files) -> None:
    place = await place_on(files)
    sign_in = place.aws.sign_in
    assert sign_in is not None
    await place.signing_in.sign_in(place.aws)
    assert place.tasks == [], "static keys have no end"
    sign_in.access = replace(sign_in.access, expires_at=datetime.now(UTC) + timedelta(minutes=9, seconds=50))
    place.signing_in._foresee(place.aws)
    await asyncio.gather(*place.tasks)
    assert place.said == ["The sign-in ends in 10 minutes."]
    assert set(place.cancelled) == {FORESEEN}


async def test_that_a_sign_in_of_a_place_that_was_left_says_nothing_in_the_next_one(files: Files) -> None:
    place = await place_on(files)
    await place.signing_in.sign_in(place.aws)
    place.work.window_scope = place.work.scope
    place.events.clear()
    place.signing_in.by_person()
    place.signing_in.leave()
    await asyncio.gather(*place.tasks, return_exceptions=True)
    assert place.events == []
    place.signing_in.by_person()
    assert len(place.tasks) == 1


@pytest.mark.case("P2", "P3")
async def test_that_nobody_signs_in_twice_at_once(files: Files) -> None:
    place = await place_on(files)
    await place.signing_in.sign_in(place.aws)
    place.work.window_scope = place.work.scope
    place.signing_in.retry()
    place.signing_in.retry()
    place.signing_in.by_person()
    assert len(place.tasks) == 1
    await asyncio.gather(*place.tasks)
    await asyncio.sleep(0)
    place.signing_in.retry()
    assert len(place.tasks) == 2
    await asyncio.gather(*place.tasks)


@pytest.mark.case("P4")
async def test_that_a_place_that_could_not_be_opened_offline_has_a_retry(files: Files) -> None:
    place = await place_on(files)
    offline = Unreachable("No answer from {url} to {operation}: {message}", operation="sign-in", url="x", message="y.")
    place.signing_in.fail(offline)
    place.work.session = None
    place.signing_in.fail(offline)
    place.signing_in.retry()
    assert [event.need is not None for event in place.of(PollFailed)] == [False, True]
    assert place.reopened == 1


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Path]:
    """The program's own log, at its most talkative; what listened before does so again afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    names = (
        "botocore",
        "botocore.credentials",
        "botocore.tokens",
        "boto3",
        "urllib3",
        "s3transfer",
        "asyncio",
        "qasync",
    )
    levels = {name: logging.getLogger(name).level for name in names}
    yield logs.start(tmp_path / "logs", verbose=True)
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    for handler in before:
        root.addHandler(handler)
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)


@pytest.mark.case("P1", "P2", "P4")
async def test_that_no_key_no_token_and_no_code_is_in_log_events_or_what_is_remembered(
    files: Files, tmp_path: Path, logged: Path
) -> None:
    files.write(
        "[profile work]\nrole_arn = arn:aws:iam::222222222222:role/ops\nsource_profile = base\nregion = eu-west-1\n"
        "mfa_serial = arn:aws:iam::111111111111:mfa/ann\n"
        f"[profile leaky]\ncredential_process = sh -c 'echo {SECRET}'\n",
        KEYS.replace("[work]", "[base]"),
    )
    files.sts(Sts(right=CODE))
    aws = await connect(profile="work", region="eu-west-1", desk=Desk("000000", CODE))
    object.__setattr__(aws, "identity", Known(aws))
    place = Place(aws)
    await place.signing_in.sign_in(aws)
    leaky = await connect(profile="leaky", region="eu-west-1")
    assert leaky.sign_in is not None
    with pytest.raises(CredentialsExpired) as failed:
        await leaky.sign_in.resolve()
    place.signing_in.fail(failed.value)
    (who,) = place.of(IdentityObserved)
    remember(tmp_path / "places" / "places.json", who)
    logging.getLogger("rdpgui").debug("%r %r", aws, place.events)
    for kind in (CredentialKind.ENVIRONMENT, CredentialKind.CONTAINER, CredentialKind.INSTANCE):
        remember(tmp_path / "elsewhere.json", replace(who, access=Access("work", kind=kind)))
    assert not (tmp_path / "elsewhere.json").exists(), "the profile led nowhere"
    told = [_read(logged), _read(tmp_path / "places" / "places.json"), *map(dumps, place.events)]
    assert "work" in told[0] and "123456789012" in told[1]
    for text in told:
        assert not [secret for secret in (SECRET, TOKEN, CODE) if secret in text]


@pytest.mark.case("C7")
async def test_that_files_that_changed_open_no_dialog_but_say_that_a_code_is_needed(files: Files) -> None:
    role = "[profile work]\nrole_arn = arn:aws:iam::222222222222:role/ops\nsource_profile = base\nregion = eu-west-1\n"
    files.write(f"{role}mfa_serial = arn:aws:iam::111111111111:mfa/ann\n", KEYS.replace("work", "base"))
    files.answers("sts", Sts(CODE).answer)
    desk = Desk(CODE, CODE)
    aws = await connect(profile="work", region="eu-west-1", desk=desk)
    object.__setattr__(aws, "identity", Known(aws))
    place = Place(aws)
    await place.signing_in.sign_in(aws)
    assert len(desk.asked) == 1
    files.write(f"{role}mfa_serial = arn:aws:iam::111111111111:mfa/ann\n# new\n", KEYS.replace("work", "base"))
    place.signing_in.renew()
    await place.tasks[-1]
    assert len(desk.asked) == 1
    (told,) = place.of(PollFailed)
    assert told.error == "Profile work needs a new MFA code." and told.remedy == "Press Retry to enter it."
    place.signing_in.retry()
    again = place.tasks[-1]
    await again
    assert len(desk.asked) == 2
    for foreseen in place.tasks:  # the end of the role is told in 45 minutes
        foreseen.cancel()
    await asyncio.gather(*place.tasks, return_exceptions=True)
