"""``rdpgui run`` on an account: by the window's rules, with a person who opens the connection."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from rdpgui.app import cli
from rdpgui.app.account_run import CodeFromCommandLine, _where, identify, refuse_unconfirmed, run_on
from rdpgui.app.ending import Ending, Interrupted
from rdpgui.app.run_options import OnAccount, options_from
from rdpgui.app.run_results import results_json
from rdpgui.app.run_talk import Talk
from rdpgui.app.session import WorkSession
from rdpgui.core.account_events import IdentityObserved, PlaceOpened
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import GuardRefusal
from rdpgui.core.federation import SAME
from rdpgui.core.ids import AccessRequestId, ConnectionId, InstanceId, SessionId
from rdpgui.core.instance import Instance, InstanceState
from rdpgui.core.people_events import SessionQuestioned
from rdpgui.core.place import Place, PlaceAsked
from rdpgui.core.ports import OpenedConnection
from rdpgui.core.run import RunStatus
from rdpgui.core.session import AccessType
from rdpgui.core.settings import AWS_TIMING
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner.matrix import Matrix, Row
from rdpgui.runner.plans import Pair
from rdpgui.runner.store import Store
from tests.helpers.simulated_world import ACCOUNT, REGION, TARGET, Behaviour, SimulatedWorld
from tests.helpers.virtual_time import run_virtual
from tests.unit.app.test_taken_instances import _Place, _Records
from tests.unit.core import samples
from tests.unit.runner.scenes import Scene

STOP: tuple[Pair, ...] = ((DisruptionId.EC2_STOP, AccessType.STANDARD),)
NAMED = OnAccount(PlaceAsked(profile="work"), TARGET, confirm="win-0")
SIGNED = "arn:aws:sts::111122223333:assumed-role/SSM-JustInTimeAccessTokenRole/x"
CHANGES = ("ec2:StopInstances", "ec2:RebootInstances", "ec2:StartInstances", "ssm:SendCommand", "DryRun")


class _PersonOpens:
    """A console that somebody opens by hand, some time after its link was shown."""

    def __init__(self, world: SimulatedWorld, after_s: float) -> None:
        self._world, self._after_s = world, after_s

    async def open(
        self, instance_id: InstanceId, access_type: AccessType, *, request_id: AccessRequestId | None, attended: bool
    ) -> OpenedConnection:
        if self._after_s >= 0:
            self._world.later(self._after_s, self._world.open, instance_id, access_type)
        return OpenedConnection(ConnectionId(""), "https://console.example/rdp", True, SAME, "arn:me")

    async def close(self, connection: OpenedConnection) -> None:
        """Nothing: a person closes it."""


def _quiet(_number: int, _row: Row) -> None:
    return None


async def _session(after_s: float = 150.0) -> tuple[Scene, WorkSession]:
    scene = Scene(Behaviour(lab=False, dated=True), timing=replace(AWS_TIMING, recording_usual_s=(1.0, 60.0)))
    scene.ports = replace(scene.ports, opener=_PersonOpens(scene.world, after_s))
    session = WorkSession(cast(Any, _Place(scene)), scene.store, scene.settings, cast(Any, _Records()))
    scene.store.publish(PlaceOpened(scene.world.clock.now(), Place(region=cast(Any, "us-east-1"))))
    await identify(session)
    return scene, session


def _played(asked: OnAccount, pairs: Sequence[Pair] = STOP, *, after_s: float = 150.0) -> tuple[Scene, Matrix]:
    async def main() -> tuple[Scene, Matrix]:
        scene, session = await _session(after_s)
        return scene, await run_on(session, asked, pairs, _quiet)

    return run_virtual(main())


def test_that_a_confirmed_run_waits_for_the_person_and_reaches_its_verdict(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    scene, matrix = _played(NAMED)
    (row,) = matrix.rows
    assert row.run is not None and row.run.status is RunStatus.COMPLETED
    assert row.run.verdict is not None and row.run.verdict.value is not VerdictValue.FAIL
    assert row.run.opened is not None and row.run.opened.by_person
    said = capsys.readouterr().out
    assert "Open the connection in the console: https://console.example/rdp" in said
    assert "The console opens as arn:me." in said
    assert f"Waiting for you to connect to {TARGET}: 14 min left." in said
    assert f"Waiting for you to connect to {TARGET}: 13 min left." in said
    assert said.index("13 min left") < said.index("About to call ec2:StopInstances")
    assert scene.store.state.armings == ()
    place = scene.store.state.place
    assert place is not None
    found = results_json(matrix, place, tmp_path, tmp_path)
    assert '"place": "aws:111122223333/us-east-1"' in found and '"scenario": null' in found


@pytest.mark.parametrize("confirm", ["", "win-1", "WIN-0", "i-0bbbbbbbbbbbbbbbb", TARGET])
def test_that_nothing_is_done_or_armed_without_the_confirmation_of_this_target(confirm: str) -> None:
    async def main() -> None:
        scene, session = await _session()
        with pytest.raises(GuardRefusal, match="is not confirmed; nothing was done") as refused:
            await run_on(session, replace(NAMED, confirm=confirm), STOP, _quiet)
        assert "--confirm win-0" in refused.value.remedy.format(**refused.value.fields)
        assert not [call for call in scene.world.calls if call.startswith(CHANGES)]
        assert scene.store.state.runs == {} and scene.store.state.armings == ()

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_a_colleague_is_named_and_cut_off_only_when_that_was_said() -> None:
    async def main() -> None:
        scene, session = await _session()
        scene.world._connected(TARGET, AccessType.STANDARD)
        connection = scene.world.connections[0]
        connection.session = replace(connection.session, owner="arn:aws:iam::111122223333:user/colleague")
        live = connection.session.session_id
        with pytest.raises(GuardRefusal, match="colleague is connected") as refused:
            await run_on(session, NAMED, STOP, _quiet)
        remedy = refused.value.remedy.format(**refused.value.fields)
        assert f"--cut-off {live}" in remedy and f"--mine {live}" in remedy
        assert not [call for call in scene.world.calls if call.startswith(CHANGES)]
        with pytest.raises(GuardRefusal):
            await run_on(session, replace(NAMED, cut_off=(SessionId("another"),)), STOP, _quiet)
        matrix = await run_on(session, replace(NAMED, cut_off=(live,)), STOP, _quiet)
        run = matrix.rows[0].run
        assert run is not None and run.attached is not None and run.attached.session.session_id == live

    run_virtual(main())


@pytest.mark.case("P6")
@pytest.mark.parametrize("by_id", [False, True])
def test_that_the_own_session_of_another_sign_in_is_used_when_its_id_or_owner_was_named(by_id: bool) -> None:
    async def main() -> None:
        scene, session = await _session()
        scene.world._connected(TARGET, AccessType.STANDARD)
        connection = scene.world.connections[0]
        connection.session = replace(connection.session, owner="arn:aws:iam::111122223333:user/ann")
        mine = connection.session.session_id if by_id else connection.session.owner
        matrix = await run_on(session, replace(NAMED, mine=(mine,)), STOP, _quiet)
        run = matrix.rows[0].run
        assert run is not None and run.attached is not None and run.status is RunStatus.COMPLETED
        assert [answer.own for answer in run.answers] == [True] and run.answers[0].by

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_it_is_said_at_once_how_a_question_is_answered_without_a_window(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = samples.session(session_id=SessionId("it's me-0a1b"))

    async def main() -> None:
        store = Store()
        talk = Talk(store, cast(Any, None))
        for event in (samples.begin()[0], SessionQuestioned(samples.at(1), samples.RUN, asked)):
            store.publish(event)
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # who shows things is told on the loop's next turn
        talk.close()

    asyncio.run(main())
    line = next(line for line in capsys.readouterr().out.splitlines() if "Nobody can answer here" in line)
    assert shlex.split(line.partition("add: ")[2]) == ["--mine", asked.session_id]


@pytest.mark.case("R8")
@pytest.mark.parametrize("after_s", [0.005, 0.015])
def test_that_a_signal_before_the_first_run_begins_nothing(after_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Callable[..., Any]] = []
    monkeypatch.setattr("rdpgui.app.ending.on_end_signal", told.append)

    async def main() -> None:
        scene, session = await _session()
        ending = Ending()
        ending.belongs_to(session)
        scene.world.later(after_s, told[0], 2)  # while the instance, or who is connected to it, is read
        with pytest.raises(asyncio.CancelledError):
            await run_on(session, NAMED, STOP, _quiet, ending)
        assert ending.number == 2 and scene.store.state.runs == {}

    run_virtual(main())


@pytest.mark.case("R8")
def test_that_a_cancelling_that_was_lost_begins_nothing_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rdpgui.app.ending.on_end_signal", bool)

    async def main() -> None:
        scene, session = await _session()
        ending = Ending()
        ending.number = 15
        with pytest.raises(Interrupted):
            await run_on(session, NAMED, STOP, _quiet, ending)
        assert scene.store.state.runs == {}

    run_virtual(main())


def test_that_a_guard_of_the_window_refuses_here_with_its_reason() -> None:
    async def main() -> None:
        scene, session = await _session()
        machine = scene.world.machines[TARGET]
        machine.item = replace(machine.item, tags=())
        (row,) = (await run_on(session, NAMED, STOP, _quiet)).rows
        assert "does not carry the tag" in row.error and not row.as_expected
        assert not [call for call in scene.world.calls if call.startswith(CHANGES)]

    run_virtual(main())


@pytest.mark.case("P9")
def test_that_a_node_outside_of_ec2_is_refused_before_anything_is_asked() -> None:
    async def main() -> None:
        scene, session = await _session()
        calls = len(scene.world.calls)
        asked = replace(NAMED, instance_id=InstanceId("mi-0123456789abcdef0"))
        with pytest.raises(GuardRefusal, match="hybrid node outside of EC2"):
            await run_on(session, asked, STOP, _quiet)
        assert scene.world.calls[calls:] == []

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_the_id_confirms_an_instance_that_has_no_name_and_no_other() -> None:
    unnamed = Instance(TARGET, "", InstanceState.RUNNING)
    refuse_unconfirmed(unnamed, TARGET)
    with pytest.raises(GuardRefusal):
        refuse_unconfirmed(replace(unnamed, name="web-1"), TARGET)


def test_that_what_is_secret_in_an_endpoint_is_not_said() -> None:
    store = Store()
    url = "https://me:hidden@example.test:4566/x"
    at = datetime(2026, 3, 4, tzinfo=UTC)
    store.publish(IdentityObserved(at, ACCOUNT, "arn", REGION, "", url, False))
    assert _where(store).endswith("  example.test:4566") and "hidden" not in _where(store)


def test_that_the_code_is_read_where_no_list_of_processes_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RDPGUI_MFA_CODE", "123456")
    line = ["run", "--disruption", "ec2-stop", "--instance", TARGET]
    found = options_from(cli.build_parser().parse_args(line)).account
    given = options_from(cli.build_parser().parse_args([*line, "--mfa-code", "654321"])).account
    assert found is not None and given is not None
    assert (found.mfa_code, given.mfa_code) == ("123456", "654321")


def test_that_nobody_who_connects_ends_the_wait_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    _scene, matrix = _played(NAMED, after_s=-1)
    assert "No remote-desktop session appeared" in matrix.rows[0].error
    assert f"Waiting for you to connect to {TARGET}: 1 min left." in capsys.readouterr().out


def test_that_the_code_of_the_command_line_is_given_once() -> None:
    async def main() -> None:
        desk = CodeFromCommandLine("123456")
        assert [await desk.mfa_code("serial", "") for _ in range(2)] == ["123456", ""]
        assert await CodeFromCommandLine("").mfa_code("serial", "") == ""

    asyncio.run(main())


def test_that_account_and_instance_are_taken_from_the_command_line(tmp_path: Path) -> None:
    line = f"--data-dir {tmp_path} run --profile work --region eu-west-1 --instance {TARGET} --disruption ec2-stop"
    more = ["--confirm", "win-0", "--cut-off", "a-1", "--cut-off", "b-2", "--mine", "c-3"]
    options = options_from(cli.build_parser().parse_args([*line.split(), *more]))
    where = PlaceAsked("work", "eu-west-1")
    assert options.account == OnAccount(where, TARGET, "win-0", (SessionId("a-1"), SessionId("b-2")), mine=("c-3",))
    assert options.pairs == STOP and not options.screenshots
    unnamed = options_from(cli.build_parser().parse_args(["run", "--disruption", "ec2-stop", "--instance", TARGET]))
    assert unnamed.account == OnAccount(PlaceAsked(), TARGET)  # the SDK's default chain


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--profile", "work"], "--instance"),
        (["--confirm", "win-0"], "--instance"),
        (["--cut-off", "a-1"], "--instance"),
        (["--mine", "a-1"], "--instance"),
        (["--instance", TARGET, "--mine", SIGNED], "for everybody"),
        (["--instance", TARGET, "--scenario", "default"], "A scenario is the lab's"),
    ],
)
def test_that_what_belongs_to_an_account_means_nothing_on_the_lab(
    arguments: list[str], why: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["--data-dir", str(tmp_path), "run", "--disruption", "ec2-stop", *arguments]) == cli.EXIT_ERROR
    assert why in capsys.readouterr().err


@pytest.mark.case("P4")
def test_that_a_profile_that_is_not_there_ends_the_run_with_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(variable, str(tmp_path / "none"))
    line = f"--data-dir {tmp_path} run --profile nobody --region us-east-1 --instance {TARGET} --disruption ec2-stop"
    assert cli.main([*line.split(), "--confirm", TARGET]) == cli.EXIT_ERROR
    assert "There is no profile nobody" in capsys.readouterr().err


@pytest.mark.case("L11")
def test_that_the_word_to_confirm_is_one_word_of_a_shell_and_no_command() -> None:
    name = 'web"; $(touch pwned) `id` &'
    with pytest.raises(GuardRefusal) as refused:
        refuse_unconfirmed(replace(samples.instance(), name=name), "")
    assert shlex.split(refused.value.remedy.format(**refused.value.fields))[-1] == f"{name}."
