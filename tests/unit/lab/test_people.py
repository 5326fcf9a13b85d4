"""What people of a scenario do, and when: time is moved by hand, guests and brokers are played by the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from rdpgui.lab.model import AccessType, ConnectionRecord
from rdpgui.lab.scenario import InstanceSpec, RecordingRules, ScenarioError, Variants, load_scenario, load_scenario_file
from rdpgui.lab.scenario_people import Deed, FilmKind, Moment, PersonAct
from rdpgui.lab.world import deeds
from rdpgui.lab.world.foreign import write_film
from rdpgui.lab.world.guests import iso
from tests.helpers.world_kit import RUNNING, STOPPED, Kit, make_kit
from tests.unit.lab.recording_kit import events, final, keys

PEOPLE_FOLDER = Path(__file__).resolve().parents[3] / "resources" / "lab" / "people"
FILES = sorted(PEOPLE_FOLDER.glob("*.json"))
RUN = "AWS-RunPowerShellScript"
TWO = (InstanceSpec("web"), InstanceSpec("db"))

With = Callable[..., Kit]


@pytest.fixture
def with_people(tmp_path: Path) -> Iterator[With]:
    """Return a kit of two instances, both up, in which people do what is given."""
    made: list[Kit] = []

    def make(*people: PersonAct, up: bool = True, **more: Any) -> Kit:
        kit = make_kit(tmp_path, fleet=TWO, people=people, **more)
        made.append(kit)
        if up:
            kit.up(kit.ids["web"])
            kit.up(kit.ids["db"])
        return kit

    yield make
    for kit in made:
        kit.world.close()


def act(after: Moment, do: Deed, **members: Any) -> PersonAct:
    return PersonAct(after, do, **members)


def done(kit: Kit) -> list[tuple[object, object, object]]:
    """Who did what, and why not."""
    people = kit.world.status()["people"]
    assert isinstance(people, list)
    return [(entry["who"], entry["do"], entry["refused"]) for entry in people]


def newest(kit: Kit) -> ConnectionRecord:
    return kit.world.connections.records()[0]


# -- moments -------------------------------------------------------------------


@pytest.mark.case("V1", "V3")
def test_that_a_deed_follows_the_order_by_its_delay(with_people: With) -> None:
    kit = with_people(act(Moment.ORDER_ACCEPTED, Deed.DISCONNECT, delay_s=3, who="operator"))
    web = kit.ids["web"]
    broker = kit.broker(kit.connect(web))
    kit.world.instances.reboot(web)
    kit.timeline.advance(2.9)
    assert broker.heard == []
    kit.timeline.advance(0.2)
    assert broker.heard == [{"do": "close"}]
    assert done(kit) == [("operator", "disconnect", "")]


@pytest.mark.parametrize(
    "order",
    [
        lambda world, name: world.instances.stop(name),
        lambda world, name: world.instances.reboot(name),
        lambda world, name: world.instances.terminate(name),
        lambda world, name: world.instances.interrupt(name),
        lambda world, name: world.commands.send([name], RUN, {"commands": ["shutdown.exe /s /t 15"]}, ""),
        lambda world, name: world.commands.send([name], RUN, {"commands": ["exit 3010"]}, ""),
        lambda world, name: world.commands.send([name], RUN, {"commands": ["Stop-Service AmazonSSMAgent"]}, ""),
    ],
    ids=["stop", "reboot", "terminate", "interrupt", "shutdown", "exit-3010", "agent"],
)
def test_that_every_order_by_api_is_a_moment(with_people: With, order: Callable[[Any, str], object]) -> None:
    kit = with_people(act(Moment.ORDER_ACCEPTED, Deed.DISCONNECT))
    kit.connect(kit.ids["web"])
    order(kit.world, kit.ids["web"])
    kit.timeline.advance(0)
    assert done(kit) == [("colleague", "disconnect", "")]


def test_that_a_command_that_only_looks_and_an_order_of_the_people_are_no_moment(with_people: With) -> None:
    kit = with_people(
        act(Moment.ORDER_ACCEPTED, Deed.DISCONNECT), act(Moment.CONNECTED, Deed.REBOOT_INSTANCE, delay_s=1)
    )
    kit.connect(kit.ids["web"])
    kit.world.commands.send([kit.ids["web"]], RUN, {"commands": ["quser"]}, "")
    kit.timeline.advance(1)
    assert [what for _, what, _ in done(kit)] == ["reboot-instance"]


def test_that_a_session_of_the_people_is_no_moment(with_people: With) -> None:
    kit = with_people(
        act(Moment.CONNECTED, Deed.CONNECT_OTHER), act(Moment.SESSION_LEFT, Deed.HIDE_SESSIONS, who="service")
    )
    kit.connect(kit.ids["web"])
    kit.timeline.advance(0)
    theirs = newest(kit).connection_id
    kit.broker(theirs).say("connected", at_ms=kit.ms(), width=1280, height=720)
    kit.finish(theirs)
    kit.timeline.advance(30)
    assert [what for _, what, _ in done(kit)] == ["connect-other"]


def test_that_a_deed_is_done_as_often_as_its_moment_comes_or_as_it_says(with_people: With) -> None:
    kit = with_people(
        act(Moment.CONNECTED, Deed.HIDE_SESSIONS, who="always"),
        act(Moment.CONNECTED, Deed.HIDE_SESSIONS, who="once", times=1),
    )
    kit.finish(kit.connect(kit.ids["web"]))
    kit.connect(kit.ids["web"])
    kit.timeline.advance(0)
    assert [who for who, _, _ in done(kit)] == ["always", "once", "always"]


def test_that_seeding_boot_desktop_and_stop_are_moments(with_people: With) -> None:
    moments = (Moment.SEEDED, Moment.DESKTOP_READY, Moment.DESKTOP_CLOSED, Moment.INSTANCE_STOPPED)
    kit = with_people(*(act(moment, Deed.HIDE_SESSIONS, who=moment.value, times=1) for moment in moments))
    kit.world.instances.stop(kit.ids["web"])
    kit.down(kit.ids["web"], "shutdown")
    kit.timeline.advance(60)
    assert [who for who, _, _ in done(kit)] == [moment.value for moment in moments]


def test_that_what_cannot_be_done_is_refused_and_kept(with_people: With, caplog: pytest.LogCaptureFixture) -> None:
    kit = with_people(act(Moment.SEEDED, Deed.CONNECT_OTHER), up=False)
    kit.timeline.advance(1)
    ((who, what, refused),) = done(kit)
    assert (who, what) == ("colleague", "connect-other")
    assert str(refused).startswith("TargetNotConnected")
    assert "colleague cannot connect-other" in caplog.text


# -- deeds ----------------------------------------------------------------------


@pytest.mark.case("V3")
def test_that_a_session_is_ended_by_the_service_with_its_event(with_people: With) -> None:
    kit = with_people(act(Moment.ORDER_ACCEPTED, Deed.TERMINATE_SESSION, delay_s=0.2, who="service"))
    broker = kit.broker(kit.connect(kit.ids["web"]))
    kit.world.instances.stop(kit.ids["web"])
    kit.timeline.advance(0.2)
    assert broker.heard == [{"do": "close"}]
    assert [event.username for event in events(kit, "TerminateSession")] == ["service"]


@pytest.mark.case("V2")
def test_that_a_recorder_is_killed(with_people: With) -> None:
    kit = with_people(act(Moment.ORDER_ACCEPTED, Deed.KILL_RECORDER, delay_s=0.3, who="service"))
    connection = kit.connect(kit.ids["web"])
    kit.world.instances.stop(kit.ids["web"])
    kit.timeline.advance(0.3)
    assert kit.get(connection).end_reason == "recorder-killed"


@pytest.mark.case("V9")
def test_that_somebody_else_connects_to_the_same_or_another_instance_and_leaves(with_people: With) -> None:
    kit = with_people(
        act(Moment.CONNECTED, Deed.CONNECT_OTHER),
        act(Moment.CONNECTED, Deed.CONNECT_OTHER, who="auditor", on="other", delay_s=1),
        act(Moment.DESKTOP_CLOSED, Deed.DISCONNECT_OTHER, who="auditor", on="db"),
    )
    kit.connect(kit.ids["web"])
    kit.timeline.advance(1)
    auditor, colleague, ours = kit.world.connections.records()
    assert (colleague.instance_id, auditor.instance_id) == (kit.ids["web"], kit.ids["db"])
    assert [record.owner.rsplit("/", 1)[-1] for record in (ours, colleague, auditor)] == [
        "lab-admin",
        "colleague",
        "auditor",
    ]
    assert colleague.session_id.startswith("colleague-")
    assert {event.username for event in events(kit, "StartConnection")} == {"lab-admin", "colleague", "auditor"}
    kit.guest(kit.ids["web"]).say("desktop-closed", at_ms=kit.ms())
    kit.timeline.advance(0)
    assert kit.broker(auditor.connection_id).heard == [{"do": "close"}]
    assert kit.broker(colleague.connection_id).heard == []


@pytest.mark.case("V20")
def test_that_a_tunnel_is_a_session_of_its_own_that_nobody_films(with_people: With) -> None:
    kit = with_people(act(Moment.DESKTOP_READY, Deed.OPEN_TUNNEL, delay_s=5, times=1))
    kit.timeline.advance(5)
    (session,) = kit.world.sessions.list(active=True)
    assert (session.target, session.document_name) == (kit.ids["web"], "AWS-StartPortForwardingSession")
    assert session.owner.endswith(":user/colleague")
    assert session.access_type is AccessType.STANDARD
    assert kit.world.connections.records() == []
    assert [event.username for event in events(kit, "StartSession")] == ["colleague"]


@pytest.mark.case("V4")
@pytest.mark.parametrize(("deed", "action"), [(Deed.SHUTDOWN, "shutdown"), (Deed.RESTART, "restart")])
def test_that_somebody_shuts_the_system_down_from_inside(with_people: With, deed: Deed, action: str) -> None:
    kit = with_people(act(Moment.CONNECTED, deed, delay_s=5))
    kit.connect(kit.ids["web"])
    kit.timeline.advance(5)
    (order,) = kit.guest(kit.ids["web"]).heard
    assert (order["do"], order["action"]) == ("shutdown", action)
    assert events(kit, "StopInstances") == []


@pytest.mark.case("V4", "R4", "R15")
def test_that_somebody_stops_and_starts_the_instance_with_their_events(with_people: With) -> None:
    kit = with_people(
        act(Moment.CONNECTED, Deed.STOP_INSTANCE, delay_s=1),
        act(Moment.INSTANCE_STOPPED, Deed.START_INSTANCE, who="operator", delay_s=2),
    )
    web = kit.ids["web"]
    kit.connect(web)
    kit.timeline.advance(1)
    kit.down(web, "shutdown")
    kit.timeline.advance(6)
    assert kit.world.instances.state(web) is STOPPED
    kit.timeline.advance(20)
    assert kit.world.instances.state(web) is RUNNING
    told = [(event.username, event.event_name) for event in kit.world.trail.events() if "Instances" in event.event_name]
    assert told == [("operator", "StartInstances"), ("colleague", "StopInstances")]


@pytest.mark.parametrize(("deed", "name"), [(Deed.REBOOT_INSTANCE, "web"), (Deed.REBOOT_OTHER_INSTANCE, "db")])
def test_that_somebody_reboots_this_or_another_instance(with_people: With, deed: Deed, name: str) -> None:
    kit = with_people(act(Moment.CONNECTED, deed))
    kit.connect(kit.ids["web"])
    kit.timeline.advance(0)
    heard = {each: kit.guest(kit.ids[each]).heard for each in ("web", "db")}
    assert [each for each, orders in heard.items() if orders] == [name]
    assert heard[name] == [{"do": "acpi", "action": "restart"}]


def test_that_somebody_stops_the_agent_and_it_comes_back(with_people: With) -> None:
    kit = with_people(act(Moment.CONNECTED, Deed.STOP_AGENT, seconds=10))
    web = kit.ids["web"]
    broker = kit.broker(kit.connect(web))
    kit.timeline.advance(5)
    assert (kit.world.agents.connected(web), broker.heard) == (False, [{"do": "close"}])
    kit.timeline.advance(6)
    assert kit.world.agents.connected(web)


@pytest.mark.case("V6", "V8")
def test_that_a_clock_is_set_and_the_last_boot_moves_with_it(with_people: With) -> None:
    kit = with_people(act(Moment.CONNECTED, Deed.STEP_CLOCK, seconds=-5, who="service"))
    web = kit.ids["web"]
    before = iso(kit.world.guests.booted_at(web))
    kit.connect(web)
    kit.timeline.advance(0)
    assert kit.guest(web).heard == [{"do": "step-clock", "seconds": -5}]
    assert iso(kit.world.guests.booted_at(web)) < before


@pytest.mark.case("V18", "R16")
def test_that_one_answer_about_active_sessions_is_empty(with_people: With) -> None:
    kit = with_people(act(Moment.CONNECTED, Deed.HIDE_SESSIONS, delay_s=1))
    kit.connect(kit.ids["web"])
    kit.timeline.advance(1)
    assert [len(kit.world.sessions.list(active=True)) for _ in range(3)] == [0, 1, 1]


@pytest.mark.case("V18")
def test_that_active_sessions_are_hidden_for_a_while(with_people: With) -> None:
    kit = with_people(act(Moment.CONNECTED, Deed.HIDE_SESSIONS, seconds=3))
    kit.connect(kit.ids["web"])
    kit.timeline.advance(2)
    assert kit.world.sessions.list(active=True) == kit.world.sessions.list(active=True) == []
    kit.timeline.advance(1)
    assert len(kit.world.sessions.list(active=True)) == 1


@pytest.mark.case("V10")
def test_that_the_programs_film_comes_later_and_nobody_elses(with_people: With) -> None:
    kit = with_people(
        act(Moment.CONNECTED, Deed.CONNECT_OTHER), act(Moment.CONNECTED, Deed.DELAY_FILM, seconds=40, who="service")
    )
    ours = kit.connect(kit.ids["web"])
    kit.timeline.advance(0)
    theirs = newest(kit).connection_id
    for connection in (ours, theirs):
        kit.finish(connection)
    kit.timeline.advance(59)
    assert (kit.get(theirs).object_key != "", kit.get(ours).object_key) == (True, "")
    kit.timeline.advance(1)
    assert kit.get(ours).object_key


@pytest.mark.case("V11")
def test_that_the_programs_film_is_lost_and_another_one_is_put(
    with_people: With, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def painted(path: Path, *choice: str) -> bytes:
        asked.append(choice)
        return b"bars"

    monkeypatch.setattr(deeds, "made_film", painted)
    kit = with_people(
        act(Moment.CONNECTED, Deed.LOSE_FILM, who="service"),
        act(Moment.SESSION_LEFT, Deed.UPLOAD, film=FilmKind.BARS),
    )
    ours = kit.connect(kit.ids["web"])
    kit.timeline.advance(12)
    kit.finish(ours)
    ended = final(kit, ours)
    (key,) = keys(kit)
    preferences = kit.world.preferences.now()
    assert preferences is not None
    assert (ended.object_key, ended.stage_reason) == ("", "lost by the service")
    assert kit.stored(preferences.bucket_name, key) == b"bars"
    assert asked == [("bars", "12.000")]


def test_that_the_deeds_on_films_are_refused_where_nothing_is_recorded(
    with_people: With, caplog: pytest.LogCaptureFixture
) -> None:
    kit = with_people(
        act(Moment.CONNECTED, Deed.LOSE_FILM),
        act(Moment.CONNECTED, Deed.DELAY_FILM, seconds=1),
        act(Moment.CONNECTED, Deed.UPLOAD),
        recording=RecordingRules(configured=False),
    )
    kit.connect(kit.ids["web"])
    kit.timeline.advance(0)
    assert [str(refused).partition(":")[0] for _, _, refused in done(kit)] == ["ResourceNotFoundException"] * 3
    assert len(caplog.records) == 3


def test_that_every_deed_and_moment_has_a_test_here_and_a_row_in_the_documents() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    documents = (PEOPLE_FOLDER.parents[1] / "docs" / "lab.md").read_text(encoding="utf-8")
    for word in Deed:
        assert f"Deed.{word.name}" in here
    for word in (*Deed, *Moment):
        assert f"`{word}`" in documents


def test_that_somebody_has_a_shell_of_their_own_and_leaves_it(with_people: With) -> None:
    kit = with_people(
        act(Moment.DESKTOP_READY, Deed.OPEN_SHELL, delay_s=5, times=1), act(Moment.CONNECTED, Deed.CLOSE_SHELL, times=1)
    )
    kit.timeline.advance(9)
    assert [session.document_name for session in kit.world.sessions.list(active=True)] == ["SSM-SessionManagerRunShell"]
    kit.connect(kit.ids["web"])
    kit.timeline.advance(30)
    assert done(kit) == [("colleague", "open-shell", ""), ("colleague", "close-shell", "")]
    assert [session.document_name for session in kit.world.sessions.list(active=False)] == [
        "SSM-SessionManagerRunShell"
    ]


# -- slow effect, unnamed films ---------------------------------------------------


@pytest.mark.case("V3")
def test_that_an_accepted_order_takes_effect_as_late_as_the_scenario_says(with_people: With) -> None:
    kit = with_people(timings={"effect_delay_s": 8})
    web = kit.ids["web"]
    guest = kit.guest(web)
    kit.world.instances.reboot(web)
    kit.timeline.advance(7.9)
    assert guest.heard == []
    kit.timeline.advance(0.1)
    assert guest.heard == [{"do": "acpi", "action": "restart"}]


@pytest.mark.parametrize("named", [True, False])
def test_that_a_scenario_says_whether_films_name_their_session(with_people: With, named: bool) -> None:
    kit = with_people(variants=Variants(films_named=named))
    assert kit.broker(kit.connect(kit.ids["web"])).config["named"] is named


# -- files ------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_that_every_scenario_of_people_loads_and_is_documented(path: Path) -> None:
    scenario = load_scenario(str(path))
    documents = (PEOPLE_FOLDER.parents[1] / "docs" / "lab.md").read_text(encoding="utf-8")
    assert (scenario.name, len(scenario.fleet), bool(scenario.about)) == (path.stem, 2, True)
    assert f"`{path.stem}`" in documents


def written(folder: Path, people: object) -> Path:
    path = folder / "late-in-the-day.json"
    path.write_text(json.dumps({"fleet": [{"name": "a"}], "people": people}), encoding="utf-8")
    return path


GOOD = {"after": "connected", "do": "disconnect"}


def test_that_the_name_of_the_file_is_the_name_of_the_scenario(tmp_path: Path) -> None:
    path = written(tmp_path, [GOOD])
    assert load_scenario(str(path)).name == "late-in-the-day"
    path.write_text(json.dumps({"name": "default", "fleet": [{"name": "a"}]}), encoding="utf-8")
    assert load_scenario_file(path) == replace(load_scenario_file(path), name="late-in-the-day")


@pytest.mark.parametrize(
    ("change", "member", "remedy"),
    [
        ({"delay": 3}, "delay", "Did you mean 'delay_s'?"),
        ({"second": 1}, "second", "Did you mean 'seconds'?"),
        ({"after": "conected"}, "after", '"connected"'),
        ({"do": "reboot"}, "do", '"reboot-instance"'),
        ({"delay_s": -1}, "delay_s", "Give at least 0.0."),
        ({"on": "b"}, "on", "one of the fleet: a."),
        ({"who": "a/b"}, "who", "plain name"),
        ({"do": "step-clock"}, "seconds", "for example 5"),
        ({"do": "delay-film"}, "seconds", "how many seconds later"),
        ({"seconds": -1}, "seconds", "at least 0"),
    ],
)
def test_that_a_wrong_member_is_named_with_the_nearest(
    tmp_path: Path, change: dict[str, object], member: str, remedy: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario_file(written(tmp_path, [{**GOOD, **change}]))
    assert caught.value.member == f"late-in-the-day.people[0].{member}"
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("kind", FilmKind)
def test_that_a_film_of_nobodys_shows_what_it_shall_for_as_long_as_it_shall(tmp_path: Path, kind: FilmKind) -> None:
    path = tmp_path / "film.mp4"
    write_film(path, kind, 1.2)
    with av.open(str(path)) as film:
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert "title" not in film.metadata
    assert len(pictures) == 12
    deviation = float(pictures[0].std())
    assert {FilmKind.BLACK: deviation < 1, FilmKind.DESKTOP: 1 < deviation < 40, FilmKind.BARS: deviation > 40}[kind]
