"""What persons, and the service itself, do in a scenario: at which moment, how much later, and to what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from rdpgui.lab.scenario_json import ScenarioError

__all__ = ["OTHER", "Deed", "FilmKind", "Moment", "PersonAct", "check_people"]

OTHER = "other"
"""``on``: the first instance of the fleet that is up and is not the one where it happened."""


class Moment(StrEnum):
    """After what somebody acts. What people of the scenario do themselves is no moment.

    ``seeded`` happens once, on the first instance of the fleet. ``order-accepted`` is an order by API that takes the
    instance or its agent down (EC2, or Run Command). ``connected`` and ``session-left`` are those of the program's
    remote-desktop sessions.
    """

    SEEDED = "seeded"
    CONNECTED = "connected"
    ORDER_ACCEPTED = "order-accepted"
    DESKTOP_CLOSED = "desktop-closed"
    SESSION_LEFT = "session-left"
    INSTANCE_STOPPED = "instance-stopped"
    DESKTOP_READY = "desktop-ready"


class Deed(StrEnum):
    """What is done; the last five by the service, or by nobody in particular.

    ``close-shell`` is what ``exit`` does: the agent ends the shell in order.
    """

    DISCONNECT = "disconnect"
    TERMINATE_SESSION = "terminate-session"
    CONNECT_OTHER = "connect-other"
    DISCONNECT_OTHER = "disconnect-other"
    OPEN_TUNNEL = "open-tunnel"
    OPEN_SHELL = "open-shell"
    CLOSE_SHELL = "close-shell"
    SHUTDOWN = "shutdown"
    RESTART = "restart"
    STOP_INSTANCE = "stop-instance"
    START_INSTANCE = "start-instance"
    REBOOT_INSTANCE = "reboot-instance"
    REBOOT_OTHER_INSTANCE = "reboot-other-instance"
    UPLOAD = "upload"
    STOP_AGENT = "stop-agent"
    STEP_CLOCK = "step-clock"
    KILL_RECORDER = "kill-recorder"
    LOSE_FILM = "lose-film"
    DELAY_FILM = "delay-film"
    HIDE_SESSIONS = "hide-sessions"


class FilmKind(StrEnum):
    """What an uploaded film shows. None of them has the lab's painted clock."""

    DESKTOP = "desktop"
    BARS = "bars"
    BLACK = "black"


@dataclass(frozen=True, slots=True)
class PersonAct:
    """One thing that somebody does.

    Attributes:
        after: the moment that it follows.
        do: what is done.
        who: who does it: owner of sessions, and the name in CloudTrail.
        delay_s: from the moment to the deed.
        on: name of an instance, ``other``, or empty for the one where the moment was.
        seconds: step of the clock (may be negative), delay or length of the film, time until the agent comes back
            or for which sessions are hidden. 0: the film is as long as the program's own, the agent stays away, one
            answer is empty.
        film: what ``upload`` puts.
        times: how often at most; 0 is every time.
    """

    after: Moment
    do: Deed
    who: str = "colleague"
    delay_s: float = field(default=0.0, metadata={"min": 0.0, "max": 3600.0})
    on: str = ""
    seconds: float = field(default=0.0, metadata={"min": -86_400.0, "max": 86_400.0})
    film: FilmKind = FilmKind.DESKTOP
    times: int = field(default=0, metadata={"min": 0})


def check_people(people: Collection[PersonAct], fleet: Collection[str], where: str) -> None:
    """Check what concerns several members.

    Raises:
        ScenarioError: an instance that the fleet does not have, a deed that needs seconds, or a name that is none.
    """
    for index, act in enumerate(people):
        member = f"{where}.people[{index}]"
        if not act.who.strip() or not act.who.isprintable() or "/" in act.who:
            raise ScenarioError(f"{member}.who", f"is {act.who!r}", "Give a plain name, for example colleague.")
        if act.on not in ("", OTHER, *fleet):
            names = ", ".join(fleet)
            raise ScenarioError(f"{member}.on", f"is {act.on!r}", f"Use {OTHER!r}, or one of the fleet: {names}.")
        if act.do is Deed.STEP_CLOCK and not act.seconds:
            raise ScenarioError(f"{member}.seconds", "is 0", "Say by how many seconds the clock is set, for example 5.")
        if act.do is not Deed.STEP_CLOCK and act.seconds < 0:
            raise ScenarioError(f"{member}.seconds", f"is {act.seconds:g}", "Give at least 0.")
        if act.do is Deed.DELAY_FILM and not act.seconds:
            raise ScenarioError(f"{member}.seconds", "is 0", "Say how many seconds later the film comes.")
