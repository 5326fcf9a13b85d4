"""What a kind of disruption is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from rdpgui.core.disruption import DisruptionId, Effect, Origin
from rdpgui.core.kinds.seen import Evidence
from rdpgui.core.refusal import Guard
from rdpgui.core.verdict import Check

DELAY = "{delay_s}"
"""Stands in a script for the plan's delay, whole seconds."""


@dataclass(frozen=True, slots=True)
class Ec2Call:
    """One call of EC2 on the target, rehearsed with DryRun.

    Attributes:
        options: its options that are set, for example ``SkipOsShutdown``.
    """

    operation: str
    options: tuple[str, ...] = ()

    @property
    def action(self) -> str:
        """Return what journals call it."""
        return f"ec2:{self.operation}"


@dataclass(frozen=True, slots=True)
class GuestScript:
    """Lines of PowerShell that Run Command runs on the target; there is no rehearsal for them.

    The delay lets the agent report the command's end before its system goes away.
    """

    lines: tuple[str, ...]

    @property
    def action(self) -> str:
        """Return what journals call it."""
        return "ssm:SendCommand"

    def delayed(self, delay_s: int) -> GuestScript:
        """Return the script with its delay filled in."""
        return GuestScript(tuple(line.replace(DELAY, str(max(0, delay_s))) for line in self.lines))


@dataclass(frozen=True, slots=True)
class EndSession:
    """The run's session is ended by API."""

    @property
    def action(self) -> str:
        """Return what journals call it."""
        return "ssm:TerminateSession"


Order = Ec2Call | GuestScript | EndSession
InstanceOrder = Ec2Call | GuestScript
"""What is done to the instance itself."""

Proof = Callable[[Evidence], Check]


class FilmShows(StrEnum):
    """What the end of the film has to show."""

    SHUTDOWN = "shutdown"
    CUT = "cut"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class Disruption:
    """One kind of disruption.

    Attributes:
        name: its one name, an English message id: on buttons, in menus, tables, reports, terminal and README.
        consequence: what it does, one or two sentences, an English message id.
        call: the API operation or command behind it, shown beside the button; empty for none.
        order: what is ordered; None where nobody orders anything.
        guards: what about the target forbids this kind, beside what forbids any.
        proof: whether it took effect. It answers check (a) when the order was not refused and touched its target.
        film: what the film's end has to show. A ``CUT`` shows nothing of itself: the film has to be live at the order.
        fis_action: the AWS FIS action of the same meaning, empty when none.
        chaos_action: the Chaos Toolkit function of the same meaning, empty when none.
        article_row: its number in the article's table, 0 when beyond it.
    """

    disruption_id: DisruptionId
    name: str
    consequence: str
    origin: Origin
    effect: Effect
    call: str
    order: Order | None
    proof: Proof = field(repr=False)
    film: FilmShows
    guards: tuple[Guard, ...] = field(default=(), repr=False)
    fis_action: str = ""
    chaos_action: str = ""
    article_row: int = 0

    @property
    def is_control(self) -> bool:
        """Whether it is a control, which disrupts nothing."""
        return self.origin is Origin.CONTROL

    @property
    def shows_shutdown(self) -> bool:
        """Whether the desktop is expected to show a shutdown screen."""
        return self.film is FilmShows.SHUTDOWN

    @property
    def action(self) -> str:
        """Return what journals call the order; empty for none."""
        return self.order.action if self.order is not None else ""

    def earliest_s(self, delay_s: float) -> float:
        """Return how long after the order it cannot act yet, seconds.

        Args:
            delay_s: of the plan; a script waits for it, EC2 does not.
        """
        return float(delay_s) if isinstance(self.order, GuestScript) else 0.0
