"""Verdicts: three values, each with the checks it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class VerdictValue(StrEnum):
    """PASS needs every check; FAIL one contradicted check; INCONCLUSIVE a check that could not be made."""

    PASS = "pass"  # noqa: S105  (a verdict, not a password)
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


class CheckId(StrEnum):
    """The checks (a) to (f) of the verdict."""

    DISRUPTION_PROVEN = "disruption-proven"
    ENDED_AFTER = "ended-after"
    OWN_RECORDING = "own-recording"
    INTEGRITY = "integrity"
    REACHES_END = "reaches-end"
    LAST_FRAME = "last-frame"


OF_THE_FILM = frozenset({CheckId.OWN_RECORDING, CheckId.INTEGRITY, CheckId.REACHES_END, CheckId.LAST_FRAME})
"""Checks that speak of the recording; the others of what was done to the session."""


class CheckResult(StrEnum):
    """Outcome of one check."""

    HELD = "held"
    CONTRADICTED = "contradicted"
    NOT_MADE = "not-made"


@dataclass(frozen=True, slots=True)
class Interval:
    """A number that is known between two bounds (both included), in seconds."""

    low_s: float
    high_s: float

    @property
    def middle_s(self) -> float:
        """Return the middle of the interval."""
        return (self.low_s + self.high_s) / 2

    @property
    def half_width_s(self) -> float:
        """Return half the width, the ± of the middle."""
        return (self.high_s - self.low_s) / 2


Fields = tuple[tuple[str, str], ...]
"""Values of a reason's fields; moments in ISO form, UTC."""


@dataclass(frozen=True, slots=True)
class Check:
    """One recorded check with its numbers.

    Attributes:
        reason: English message id with ``{name}`` fields saying what was found; ``{zone}`` is the zone in which its
            clock times are shown.
        fields: values of the fields; moments in ISO form, UTC.
        cause: short machine word for the cause of a contradiction or a gap in evidence, for example
            ``film-ends-early``; empty when held.
    """

    check_id: CheckId
    result: CheckResult
    reason: str
    fields: tuple[tuple[str, str], ...] = ()
    cause: str = ""

    def text(self) -> str:
        """Return the reason in English with its values."""
        return self.reason.format(**{"zone": "UTC", **dict(self.fields)})


@dataclass(frozen=True, slots=True)
class VisualConfirmation:
    """A person's own answer to "I see the shutdown".

    Attributes:
        film: the file that was on screen, in the run's folder; empty in journals of 0.1.0.
        film_s: film time of the picture on which it was said, seconds; None in journals of 0.1.0.
    """

    seen: bool
    by: str
    at: datetime
    film: str = ""
    film_s: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one run.

    Attributes:
        gap: shutdown gap = session end - film end, None when it could not be bounded.
        painted_gap_s: the same from the painted clock, lab only: the truth to compare with.
    """

    value: VerdictValue
    checks: tuple[Check, ...]
    gap: Interval | None = None
    painted_gap_s: float | None = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why it is not a PASS, in English; empty for a PASS."""
        return tuple(c.text() for c in self.checks if c.result is not CheckResult.HELD)

    @property
    def decisive(self) -> Check | None:
        """Return the check that decided: the first contradicted one, else the first not made; None for a PASS."""
        for result in (CheckResult.CONTRADICTED, CheckResult.NOT_MADE):
            for check in self.checks:
                if check.result is result:
                    return check
        return None

    @property
    def about_the_film(self) -> bool:
        """Whether it is the recording that decided; else the run itself did not go as it has to."""
        return self.decisive is not None and self.decisive.check_id in OF_THE_FILM

    @property
    def cause(self) -> str:
        """Return the machine word of the decisive check, empty for a PASS."""
        return self.decisive.cause if self.decisive else ""


def moment(at: datetime) -> str:
    """Return a moment as it is kept in fields; who shows it makes it a local clock time."""
    return at.astimezone(UTC).isoformat()


def held(check_id: CheckId, text: str, fields: Fields = ()) -> Check:
    """Return a check that held."""
    return Check(check_id, CheckResult.HELD, text, fields)


def contradicted(check_id: CheckId, text: str, cause: str, fields: Fields = ()) -> Check:
    """Return a check that evidence contradicts; ``cause`` is its machine word."""
    return Check(check_id, CheckResult.CONTRADICTED, text, fields, cause)


def not_made(check_id: CheckId, text: str, cause: str, fields: Fields = ()) -> Check:
    """Return a check that could not be made; ``cause`` is its machine word."""
    return Check(check_id, CheckResult.NOT_MADE, text, fields, cause)
