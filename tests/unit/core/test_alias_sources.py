"""Who stands anywhere in a snapshot is shown by an invented name, once each, and nobody by another's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from rdpgui.core.access import Access
from rdpgui.core.account_events import (
    IdentityObserved,
    InstancesObserved,
    PreferencesObserved,
    SessionsObserved,
)
from rdpgui.core.alias_sources import AliasLearner
from rdpgui.core.aliases import Aliases, Named, letters
from rdpgui.core.events import Event, RunEvent
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.instance import ManagedNode, PingStatus
from rdpgui.core.people_events import (
    ConfirmationWithdrawn,
    ConsoleWordEntered,
    FilmClockAdjusted,
    RunArchived,
    RunRemarked,
    SessionAnswered,
    SessionQuestioned,
    VisuallyConfirmed,
)
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.reduce import reduce
from rdpgui.core.remark import Remark
from rdpgui.core.run_events import BaselineTaken, NoteAdded, RunStarted, SessionAttached
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.state import AppState, LogLine
from rdpgui.core.verdict import VisualConfirmation
from tests.unit.core.samples import (
    ACCOUNT,
    PREFERENCES,
    REGION,
    RUN,
    TARGET,
    alone,
    at,
    begin,
    disrupted,
    ended,
    instance,
    item,
    on_aws,
    recorded,
    session,
)

OTHER = InstanceId("i-0bbbbbbbbbbbbbbbb")
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/Ops/"


def _word(what: Named, number: int) -> str:
    return f"<{what.value} {letters(number)}>"


class _Window:
    """Learns snapshot after snapshot, as the window does."""

    def __init__(self) -> None:
        self.aliases = Aliases(_word)
        self.learner = AliasLearner(self.aliases)
        self.state = AppState(place=Place(account_id=ACCOUNT, region=REGION))

    def see(self, *events: Event) -> None:
        for event in events:
            self.state = reduce(self.state, event)
            self.learner.learn(self.state)

    def shown(self, text: str) -> str:
        return self.aliases.shown(text)


def _identity(arn: str = f"{ROLE}tanaka", profile: str = "", access: Access | None = None) -> IdentityObserved:
    return IdentityObserved(at(0), ACCOUNT, arn, REGION, profile, "", False, None, access)


def _node(instance_id: InstanceId, computer: str) -> ManagedNode:
    return ManagedNode(instance_id, PingStatus.ONLINE, at(0), "3.3", "Windows", "2022", computer)


_LINE = RunSummary(
    RUN, at(0), place=Place(account_id=ACCOUNT, region=REGION).key, instance_id=OTHER, name="fin-web-02",
    session_id=SessionId("suzuki-0a1b2c"), tester="sato",
)  # fmt: skip
NAMED = InstancesObserved(at(0), (replace(instance(), name="fin-web-01"),), ())
_OF_ACCOUNT: list[tuple[str, Callable[[_Window], None], str]] = [
    ("the caller", lambda w: w.see(_identity()), "tanaka"),
    ("a user", lambda w: w.see(_identity(f"arn:aws:iam::{ACCOUNT}:user/dep/tanaka")), "tanaka"),
    ("profile", lambda w: w.see(_identity(profile="prod-ops")), "prod-ops"),
    ("profile that was resolved", lambda w: w.see(_identity(access=Access("envp"))), "envp"),
    ("alias", lambda w: w.see(_identity(access=Access(alias="sandbox-audit"))), "sandbox-audit"),
    ("bucket", lambda w: w.see(PreferencesObserved(at(0), replace(PREFERENCES, bucket="fin-films"))), "fin-films"),
    ("owner", lambda w: w.see(SessionsObserved(at(0), (session(owner=f"{ROLE}suzuki"),))), "suzuki"),
    ("session", lambda w: w.see(SessionsObserved(at(0), (session(session_id=SessionId("suzuki-1"),),))), "suzuki-1"),
    ("instance", lambda w: w.see(NAMED), "fin-web-01"),
    (
        "address",
        lambda w: w.see(InstancesObserved(at(0), (replace(instance(), private_ip="10.4.7.19"),), ())),
        "10.4.7.19",
    ),
    (
        "computer",
        lambda w: w.see(InstancesObserved(at(0), (instance(),), (_node(TARGET, "EC2AMAZ-7Q"),))),
        "EC2AMAZ-7Q",
    ),
    (
        "a node that EC2 does not list",
        lambda w: w.see(InstancesObserved(at(0), (), (_node(InstanceId("mi-0123456789abcdef0"), "ONPREM-3"),))),
        "ONPREM-3",
    ),
    ("history: server", lambda w: w.learner.learn(replace(w.state, history={RUN: _LINE})), "fin-web-02"),
    ("history: session", lambda w: w.learner.learn(replace(w.state, history={RUN: _LINE})), "suzuki-0a1b2c"),
    ("history: tester", lambda w: w.learner.learn(replace(w.state, history={RUN: _LINE})), "sato"),
    ("history: account", lambda w: w.learner.learn(replace(w.state, history={RUN: _LINE})), ACCOUNT),
]  # fmt: skip


@pytest.mark.parametrize(("see", "name"), [row[1:] for row in _OF_ACCOUNT], ids=[row[0] for row in _OF_ACCOUNT])
def test_that_every_name_of_the_account_is_replaced(see: Callable[[_Window], None], name: str) -> None:
    window = _Window()
    see(window)
    text = f"{name} was seen, and again: {name.upper()}."
    assert name not in window.shown(text).casefold() and "<" in window.shown(name)


def _run(*more: RunEvent) -> list[RunEvent]:
    return on_aws([*begin(), *disrupted(), *ended(), *recorded(), *more])


def _confirmed(by: str) -> VisuallyConfirmed:
    return VisuallyConfirmed(at(50), RUN, VisualConfirmation(True, by, at(50)))


_OF_RUN: list[tuple[str, list[RunEvent], str]] = [
    ("neighbour", [alone(session(session_id=SessionId("eve-1a2b"), owner=f"{ROLE}eve"))], "eve"),
    ("neighbour's session", [alone(session(session_id=SessionId("eve-1a2b"), owner="x"))], "eve-1a2b"),
    ("whoever was asked about", [SessionQuestioned(at(1), RUN, session(owner=f"{ROLE}mori"))], "mori"),
    ("who sees the shutdown", [_confirmed("carol")], "carol"),
    ("who takes it back", [_confirmed("carol"), ConfirmationWithdrawn(at(60), RUN, "carol")], "carol"),
    ("who read the console", [ConsoleWordEntered(at(50), RUN, ConsoleWord.FAILED, "carol")], "carol"),
    ("who moved the film", [FilmClockAdjusted(at(50), RUN, 1.0, "carol")], "carol"),
    ("who put it away", [RunArchived(at(50), RUN, True, "carol")], "carol"),
    ("who answered", [SessionAnswered(at(1), RUN, SessionId("x-1"), "o", True, "carol")], "carol"),
    ("of whom", [SessionAnswered(at(1), RUN, SessionId("x-1"), f"{ROLE}mori", True, "c")], "mori"),
    ("whose session", [SessionAnswered(at(1), RUN, SessionId("mori-9z"), "", True, "c")], "mori-9z"),
    ("tester", [RunRemarked(at(50), RUN, Remark("dave jones", "", ""), "x")], "dave jones"),
    ("who wrote it", [RunRemarked(at(50), RUN, Remark("x", "", ""), "carol")], "carol"),
    ("a note's owner", [NoteAdded(at(2), RUN, "info", "of {owner}", (("owner", f"{ROLE}mori"),))], "mori"),
    ("a note's principal", [NoteAdded(at(2), RUN, "info", "{principal}", (("principal", f"{ROLE}mori"),))], "mori"),
    ("another bucket", recorded(item(bucket="fin-elsewhere")), "fin-elsewhere"),
]  # fmt: skip


@pytest.mark.parametrize("journal", [False, True], ids=["while it goes on", "of an earlier time"])
@pytest.mark.parametrize(("more", "name"), [row[1:] for row in _OF_RUN], ids=[row[0] for row in _OF_RUN])
def test_that_every_name_of_a_run_is_replaced(more: list[RunEvent], name: str, journal: bool) -> None:
    """Also of whom a person takes a word back: its line in the log stands there all the same."""
    window = _Window()
    events = _run(*more)
    if journal:
        state = window.state
        for event in events:
            state = reduce(state, event)
        window.learner.learn_run(state.runs[RUN])
    else:
        window.see(*events)
    assert "<" in window.shown(name)
    for line in window.state.runs[RUN].log if not journal else ():
        assert name not in window.shown(line.shown())


def _named(events: Iterable[RunEvent], name: str) -> list[RunEvent]:
    named = replace(instance(), name=name)
    return [replace(event, instance=named) if isinstance(event, BaselineTaken) else event for event in events]


def test_that_a_line_of_the_history_without_a_place_names_its_server() -> None:
    """A journal of 0.1.0, and one that cannot be read, tell no place."""
    window = _Window()
    window.learner.learn(replace(window.state, history={RUN: _LINE._replace(place="")}))
    assert window.shown("fin-web-02, sato") == "<server A>, <user A>"


def test_that_a_server_that_was_named_otherwise_then_has_the_same_letter() -> None:
    window = _Window()
    window.see(InstancesObserved(at(0), (replace(instance(), name="new-name"),), ()))
    window.see(*_named(_run(), "old-name"))
    assert window.shown("old-name") == window.shown("new-name") == "<server A>"
    assert window.shown(TARGET) == "<instance A>"


def test_that_a_run_that_has_read_nothing_yet_names_its_target() -> None:
    window = _Window()
    window.see(*[event for event in on_aws(begin()) if isinstance(event, RunStarted)])
    assert window.shown(TARGET) == "<instance A>"


@pytest.mark.parametrize("owner", [f"{ROLE}{OTHER}", OTHER], ids=["role of the instance", "its bare id"])
@pytest.mark.parametrize("first", [True, False], ids=["its call is seen first", "it is listed first"])
def test_that_an_instance_that_calls_is_that_instance(owner: str, first: bool) -> None:
    """By its role an instance is called by its own id: it must not get the letter of another server."""
    window = _Window()
    mine = replace(instance(), name="fin-web-01")
    other = replace(mine, instance_id=OTHER, name="fin-web-02")
    seen: list[Event] = [
        SessionsObserved(at(0), (session(owner=f"{ROLE}tanaka"), session(owner=owner))),
        InstancesObserved(at(0), (mine, other), ()),
    ]
    window.see(*(seen if first else seen[::-1]))
    letters_of = [window.shown(name)[-2] for name in (TARGET, "fin-web-01", OTHER, "fin-web-02")]
    assert letters_of[0] == letters_of[1] != letters_of[2] == letters_of[3]
    assert window.shown(OTHER).startswith("<instance")


def test_that_an_id_that_was_once_taken_for_a_user_does_not_lend_its_number_to_a_server() -> None:
    """A table of an earlier time may hold that."""
    aliases = Aliases(_word, {OTHER: (Named.USER, 0), TARGET: (Named.INSTANCE, 0)})
    aliases.learn_server(TARGET, "fin-web-01")
    aliases.learn_server(OTHER, "fin-web-02")
    assert (aliases.shown("fin-web-01"), aliases.shown("fin-web-02")) == ("<server A>", "<server B>")


@pytest.mark.parametrize("nobody", ["?", "-", "–", "", " ", "root", "Administrator", "SYSTEM"])
def test_that_nobody_s_sign_is_no_name(nobody: str) -> None:
    """What stands for an owner who is not told must stay what it is on every button and in every sentence."""
    window = _Window()
    window.see(NoteAdded(at(2), RUN, "info", "{owner}", (("owner", nobody), ("by", nobody), ("session", nobody))))
    window.see(*_run(NoteAdded(at(2), RUN, "info", "{owner}", (("owner", nobody), ("by", nobody)))))
    assert window.shown(nobody) == nobody


def test_that_a_log_is_heard_line_by_line_and_from_its_begin_after_it_was_replaced() -> None:
    """Only what is new is looked at; a log that begins anew, or lost its first lines, is heard all the same."""
    window = _Window()

    def said(*people: str) -> tuple[LogLine, ...]:
        return tuple(LogLine(at(0), "info", "{by}", (("by", person),)) for person in people)

    begun = said("first", "second")
    for log, letter, person in (
        (begun, "A", "first"),
        ((*begun, *said("third")), "C", "third"),
        (said("fourth", "fifth"), "E", "fifth"),
        ((), "B", "second"),
        (said("sixth"), "F", "sixth"),
    ):
        window.state = replace(window.state, log=log)
        window.learner.learn(window.state)
        assert window.shown(person) == f"<user {letter}>"


def test_that_nothing_is_learned_twice_of_a_snapshot_that_is_the_same() -> None:
    window = _Window()
    window.see(_identity(), SessionsObserved(at(0), (session(owner=f"{ROLE}suzuki"),)), *_run())
    window.aliases.grown = False
    asked: list[str] = []
    window.aliases.learn = lambda what, names: asked.extend(names)  # type: ignore[method-assign]
    window.learner.learn(window.state)
    assert asked == [] and not window.aliases.grown


def test_that_a_session_that_is_attached_by_a_person_is_named_like_any() -> None:
    window = _Window()
    attached = [
        replace(event, session=session(session_id=SessionId("mori-0a1b"), owner=f"{ROLE}mori"))
        if isinstance(event, SessionAttached)
        else event
        for event in on_aws(begin())
    ]
    window.see(*attached)
    assert window.shown("mori-0a1b of mori") == "<session A> of <user B>"
