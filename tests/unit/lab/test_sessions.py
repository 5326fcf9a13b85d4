"""Agents, sessions and Run Command, with guests played by the test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rdpgui.core.kinds.agent import SSM_AGENT_STOP
from rdpgui.core.kinds.kind import GuestScript
from rdpgui.lab.model import LabError, SessionRecord, SessionStatus
from rdpgui.lab.scenario import EndDate, UnknownSession, Variants
from rdpgui.lab.world.powershell import Statement, Verb, read_script
from tests.helpers.world_kit import START, Kit, make_kit

RUN = "AWS-RunPowerShellScript"
SHELL = "SSM-SessionManagerRunShell"
OWNER = "arn:aws:iam::123456789012:user/lab-admin"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    made = make_kit(tmp_path)
    yield made
    made.world.close()


def only(records: list[SessionRecord]) -> SessionRecord:
    assert len(records) == 1
    return records[0]


def test_that_an_agent_is_online_only_after_the_desktop(kit: Kit) -> None:
    name = kit.ids["web"]
    guest = kit.guest(name)
    guest.say("booting", at_ms=kit.ms(), rfb_port=1)
    guest.say("ready", at_ms=kit.ms(), boot_at_ms=kit.ms())
    kit.timeline.advance(1.9)
    assert not kit.world.agents.connected(name)
    assert kit.world.agents.nodes() == []
    kit.timeline.advance(0.1)
    assert kit.world.agents.connected(name)
    assert [(node.instance_id, node.ping_status) for node in kit.world.agents.nodes()] == [(name, "Online")]


def test_that_a_restart_shows_as_a_gap_in_the_connection(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    guest = kit.guest(name)
    guest.say("shutdown-begun", action="restart", origin="start-menu")
    guest.say("desktop-closed", at_ms=kit.ms())
    kit.timeline.advance(2.9)
    assert kit.world.agents.connected(name)
    kit.timeline.advance(0.1)
    assert not kit.world.agents.connected(name)
    guest.say("off", action="restart")
    guest.leave(0)
    kit.up(name)
    assert kit.world.agents.connected(name)
    kit.timeline.advance(100)
    assert kit.world.agents.connected(name)
    assert kit.world.agents.nodes()[0].ping_status == "Online"


def test_that_the_ping_is_lost_later_and_a_stopped_node_is_not_listed(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    kit.world.instances.cut_power(name)
    kit.timeline.advance(59)
    assert kit.world.agents.nodes()[0].ping_status == "Online"
    kit.timeline.advance(1)
    assert kit.world.agents.nodes()[0].ping_status == "ConnectionLost"
    kit.world.instances.stop(name)
    kit.timeline.advance(5)
    assert kit.world.agents.nodes() == []


def test_that_the_last_ping_moves_in_steps_of_five_minutes(kit: Kit) -> None:
    kit.up(kit.ids["web"])
    first = kit.world.agents.nodes()[0].last_ping_at
    kit.timeline.advance(299)
    assert kit.world.agents.nodes()[0].last_ping_at == first
    kit.timeline.advance(302)
    assert kit.world.agents.nodes()[0].last_ping_at == first + timedelta(minutes=10)


@pytest.mark.case("M8")
def test_that_a_shell_session_ends_with_its_agent_and_moves_to_the_history(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    record = kit.world.sessions.start(name, SHELL, OWNER, "look")
    assert record.session_id.startswith("lab-admin-")
    assert len(record.session_id) == len("lab-admin-") + 26
    assert only(kit.world.sessions.list(active=True)).status is SessionStatus.CONNECTING, "no client has joined"
    kit.world.instances.cut_power(name)
    cut_at = kit.timeline.now()
    assert only(kit.world.sessions.list(active=True)).status is SessionStatus.TERMINATING
    kit.timeline.advance(4)
    assert kit.world.sessions.list(active=True) == []
    assert kit.world.sessions.list(active=False) == []
    kit.timeline.advance(7)
    ended = only(kit.world.sessions.list(active=False))
    assert (ended.status, ended.ended_at, ended.active) == (SessionStatus.TERMINATED, cut_at, False)
    kit.timeline.advance(timedelta(days=30).total_seconds())
    assert kit.world.sessions.list(active=False) == []


def test_that_a_scenario_can_date_the_end_by_when_it_was_noticed(tmp_path: Path) -> None:
    kit = make_kit(tmp_path, variants=Variants(end_date=EndDate.LEFT_ACTIVE))
    name = kit.ids["web"]
    kit.up(name)
    record = kit.world.sessions.start(name, SHELL, OWNER)
    kit.world.connections.terminate_session(record.session_id)
    asked_at = kit.timeline.now()
    kit.timeline.advance(11)
    assert only(kit.world.sessions.list(active=False)).ended_at == asked_at + timedelta(seconds=4)
    kit.world.connections.terminate_session(record.session_id)  # it is over: nothing happens
    assert len(kit.world.sessions.list(active=False)) == 1
    kit.world.close()


def test_that_sessions_need_an_agent_and_a_known_document(kit: Kit) -> None:
    with pytest.raises(LabError, match="TargetNotConnected"):
        kit.world.sessions.start(kit.ids["web"], SHELL, OWNER)
    kit.up(kit.ids["web"])
    with pytest.raises(LabError, match="InvalidDocument"):
        kit.world.sessions.start(kit.ids["web"], "AWS-Nothing", OWNER)
    with pytest.raises(LabError, match="DoesNotExistException"):
        kit.world.connections.terminate_session("lab-admin-none")


@pytest.mark.case("M7")
def test_that_terminating_a_session_that_there_is_not_may_succeed(tmp_path: Path) -> None:
    kit = make_kit(tmp_path, variants=Variants(unknown_session=UnknownSession.SUCCEEDS))
    kit.world.connections.terminate_session("lab-admin-none")
    assert kit.world.sessions.list(active=True) == kit.world.sessions.list(active=False) == []
    kit.world.close()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("shutdown.exe /r /t 15 /d p:0:0 /c rdpgui", Statement(Verb.RESTART, 15)),
        ("shutdown -s -f -t 0", Statement(Verb.SHUTDOWN, 0)),
        (r"& C:\Windows\System32\shutdown.exe /s /t 5", Statement(Verb.SHUTDOWN, 5)),
        ('shutdown /r /c "see /s and /a"', Statement(Verb.RESTART, 30)),
        ("shutdown /s", Statement(Verb.SHUTDOWN, 30)),
        ("shutdown /a", Statement(Verb.ABORT)),
        ("shutdown /?", Statement(Verb.UNKNOWN)),
        ("Restart-Computer -Force", Statement(Verb.RESTART, waits=True)),
        ("stop-computer", Statement(Verb.SHUTDOWN, waits=True)),
        ("Stop-Service AmazonSSMAgent -Force", Statement(Verb.AGENT_STOP)),
        (
            "Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{CommandLine = "
            "'powershell.exe -NoProfile -Command \"Start-Sleep 5; Stop-Service AmazonSSMAgent\"'} | Out-Null",
            Statement(Verb.DETACHED, text="Start-Sleep 5; Stop-Service AmazonSSMAgent"),
        ),
        ("Stop-Process -Name ssm-session-worker -Force", Statement(Verb.NOTHING)),
        ("Restart-Service -Name AmazonSSMAgent", Statement(Verb.AGENT_RESTART)),
        ("quser", Statement(Verb.USERS)),
        ("(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToString('o')", Statement(Verb.BOOT_TIME)),
        ("(Get-CimInstance Win32_PerfFormattedData_PerfOS_System).SystemUpTime", Statement(Verb.UPTIME)),
        ("exit 3", Statement(Verb.EXIT, 3)),
        ("Start-Sleep -Seconds 2", Statement(Verb.SLEEP, 2)),
        ("Get-Process", Statement(Verb.UNKNOWN)),
        ("# shutdown /r", Statement(Verb.NOTHING)),
        ("echo shutdown.exe /r", Statement(Verb.PRINT, text="shutdown.exe /r")),
    ],
)
def test_that_statements_are_recognised(line: str, expected: Statement) -> None:
    found = read_script([line])
    assert len(found) == 1
    text = expected.text if expected.verb in (Verb.PRINT, Verb.DETACHED) else line
    assert found[0] == replace(expected, text=text)


def test_that_a_script_is_split_at_lines_and_semicolons_outside_quotes() -> None:
    verbs = [s.verb for s in read_script(["echo 'a;b'; quser\nhostname", "", "exit 0"])]
    assert verbs == [Verb.PRINT, Verb.USERS, Verb.HOST_NAME, Verb.EXIT]


def test_that_a_delayed_shutdown_reports_success_and_reaches_the_guest(kit: Kit) -> None:
    name = kit.ids["web"]
    guest = kit.up(name)
    (record,) = kit.world.commands.send([name], RUN, {"commands": ["shutdown.exe /s /t 15; exit 0"]}, "note")
    assert (record.status, record.comment) == ("InProgress", "") or record.status == "Pending"
    assert guest.heard[-1] == {"do": "shutdown", "action": "shutdown", "origin": "run-command", "delay_s": 15.0}
    assert kit.world.commands.invocation(record.command_id, name).status == "InProgress"
    kit.timeline.advance(1)
    done = kit.world.commands.invocation(record.command_id, name)
    assert (done.status, done.response_code, done.ended_at) == ("Success", 0, START + timedelta(seconds=7))


def test_that_the_scenario_bounds_the_delay(kit: Kit) -> None:
    guest = kit.up(kit.ids["web"])
    kit.world.commands.send([kit.ids["web"]], RUN, {"commands": ["shutdown /r /t 600"]}, "")
    assert guest.heard[-1]["delay_s"] == 30


@pytest.mark.case("M1")
def test_that_a_script_that_asks_for_a_restart_gets_it_and_reports_after_the_boot(kit: Kit) -> None:
    name = kit.ids["web"]
    guest = kit.up(name)
    (record,) = kit.world.commands.send([name], RUN, {"commands": ["echo installed", "exit 3010"]}, "")
    assert guest.heard[-1] == {"do": "shutdown", "action": "restart", "origin": "run-command", "delay_s": 0.0}
    kit.down(name, "restart")
    assert kit.world.commands.invocation(record.command_id, name).status == "InProgress"
    kit.up(name)
    finished = kit.world.commands.invocation(record.command_id, name)
    assert (finished.status, finished.response_code, finished.stdout) == ("Success", 0, "installed\n")


def test_that_restart_computer_reports_only_after_the_next_boot(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    (record,) = kit.world.commands.send([name], RUN, {"commands": ["Restart-Computer -Force"]}, "")
    kit.timeline.advance(20)
    kit.down(name, "restart")
    kit.timeline.advance(20)
    assert kit.world.commands.invocation(record.command_id, name).status == "InProgress"
    kit.up(name)
    assert kit.world.commands.invocation(record.command_id, name).status == "Success"


def test_that_stop_computer_times_out(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    (record,) = kit.world.commands.send(
        [name], RUN, {"commands": ["Stop-Computer -Force"], "executionTimeout": ["60"]}, ""
    )
    kit.down(name, "shutdown")
    kit.timeline.advance(60)
    done = kit.world.commands.invocation(record.command_id, name)
    assert (done.status, done.status_details, done.response_code) == ("TimedOut", "ExecutionTimedOut", -1)


def test_that_a_command_to_a_lost_agent_waits_and_becomes_undeliverable(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    kit.world.instances.cut_power(name)
    (record,) = kit.world.commands.send([name], RUN, {"commands": ["quser"], "executionTimeout": ["30"]}, "")
    assert record.status == "Pending"
    kit.timeline.advance(30)
    assert kit.world.commands.invocation(record.command_id, name).status == "Undeliverable"


def test_that_all_invocations_are_listed_newest_command_first(kit: Kit) -> None:
    names = [kit.ids["web"], kit.ids["fragile"]]
    for name in names:
        kit.up(name)
    first = kit.world.commands.send(names, RUN, {"commands": ["quser"]}, "")
    second = kit.world.commands.send(names[:1], RUN, {"commands": ["hostname"]}, "")
    kit.timeline.advance(1)
    listed = kit.world.commands.all()
    assert [(r.command_id, r.instance_id) for r in listed] == [(r.command_id, r.instance_id) for r in (*second, *first)]
    assert {r.status for r in listed} == {"Success"}


def test_that_the_boot_time_is_answered_and_everything_else_refused_honestly(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    (asked,) = kit.world.commands.send([name], RUN, {"commands": ["(gcim Win32_OperatingSystem).LastBootUpTime"]}, "")
    (odd,) = kit.world.commands.send([name], RUN, {"commands": ["Get-Process | Sort CPU"]}, "")
    counter = "(gcim Win32_PerfFormattedData_PerfOS_System).SystemUpTime"
    (counted,) = kit.world.commands.send([name], RUN, {"commands": [counter]}, "")
    kit.timeline.advance(1)
    assert kit.world.commands.invocation(counted.command_id, name).stdout == "2\n"
    assert kit.world.commands.invocation(asked.command_id, name).stdout == "2026-01-01T00:00:04.000Z\n"
    done = kit.world.commands.invocation(odd.command_id, name)
    assert (done.status, done.response_code) == ("Failed", 1)
    assert done.stderr == "LAB: this virtual machine runs no PowerShell; not recognised: Get-Process | Sort CPU\n"


def test_that_quser_shows_whether_somebody_is_connected(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    connection_id = kit.connect(name)
    (first,) = kit.world.commands.send([name], RUN, {"commands": ["quser"]}, "")
    kit.finish(connection_id)
    (second,) = kit.world.commands.send([name], RUN, {"commands": ["quser"]}, "")
    kit.timeline.advance(1)
    assert "Active" in kit.world.commands.invocation(first.command_id, name).stdout
    assert "Disc" in kit.world.commands.invocation(second.command_id, name).stdout


def test_that_stopping_the_agent_cuts_the_tunnel_while_the_guest_lives(kit: Kit) -> None:
    name = kit.ids["web"]
    guest = kit.up(name)
    connection_id = kit.connect(name)
    kit.world.commands.send([name], RUN, {"commands": ["Stop-Service AmazonSSMAgent"]}, "")
    kit.timeline.advance(2)
    assert kit.broker(connection_id).heard == [{"do": "close"}]
    kit.finish(connection_id, "closed")
    assert kit.get(connection_id).end_reason == "connection-lost"
    kit.timeline.advance(100)
    assert guest.alive
    assert not kit.world.agents.connected(name)


def test_that_an_agent_whose_script_starts_it_again_comes_back(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    script = ["Stop-Service AmazonSSMAgent; Start-Sleep 10; Start-Service AmazonSSMAgent"]
    kit.world.commands.send([name], RUN, {"commands": script}, "")
    kit.timeline.advance(5)
    assert not kit.world.agents.connected(name)
    kit.timeline.advance(15)
    assert kit.world.agents.connected(name)


def test_that_an_agent_that_is_stopped_from_outside_of_it_reports_first_and_comes_back(kit: Kit) -> None:
    name = kit.ids["web"]
    guest = kit.up(name)
    connection_id = kit.connect(name)
    script = SSM_AGENT_STOP.order
    assert isinstance(script, GuestScript)
    lines = list(script.delayed(15).lines)
    (record,) = kit.world.commands.send([name], RUN, {"commands": lines}, "")
    kit.timeline.advance(14)
    assert kit.world.commands.invocation(record.command_id, name).status == "Success"
    assert kit.world.agents.connected(name)
    kit.timeline.advance(4.5)
    assert not kit.world.agents.connected(name)
    assert kit.broker(connection_id).heard == [{"do": "close"}]
    kit.timeline.advance(35)
    assert kit.world.agents.connected(name)
    assert guest.alive


def test_that_wrong_commands_are_refused(kit: Kit) -> None:
    kit.up(kit.ids["web"])
    web, idle = kit.ids["web"], kit.ids["idle"]
    script = {"commands": ["quser"]}
    for instance_ids, document, parameters, code in (
        ([web], "AWS-None", script, "InvalidDocument"),
        ([web], "AWS-RunShellScript", script, "UnsupportedPlatformType"),
        ([web], RUN, {}, "InvalidParameters"),
        ([web], RUN, {**script, "executionTimeout": ["soon"]}, "InvalidParameters"),
        ([web], RUN, {**script, "executionTimeout": ["0"]}, "InvalidParameters"),
        ([idle], RUN, script, "InvalidInstanceId"),
        (["i-0123456789abcdef0"], RUN, script, "InvalidInstanceId"),
        (["web"], RUN, script, "InvalidInstanceId"),
    ):
        with pytest.raises(LabError) as caught:
            kit.world.commands.send(instance_ids, document, parameters, "")
        assert caught.value.code == code
    with pytest.raises(LabError, match="InvocationDoesNotExist"):
        kit.world.commands.invocation("none", web)
