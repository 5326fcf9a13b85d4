"""The steps of the first run, and which of them is next: a rule over what is shown, without widgets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from rdpgui.core.texts import N_


class Step(Enum):
    """What a person does next; ``READ`` is the end of watching."""

    CHOOSE = "choose"
    ARM = "arm"
    DISRUPT = "disrupt"
    WATCH = "watch"
    READ = "read"


TITLES: dict[Step, str] = {
    Step.CHOOSE: N_("Choose"),
    Step.ARM: N_("Arm"),
    Step.DISRUPT: N_("Disrupt"),
    Step.WATCH: N_("Watch"),
}
"""What the steps are called, English message ids, in their order; the README's are the same."""

TEXTS: dict[Step, str] = {
    Step.CHOOSE: N_("Choose a running instance. {name} is chosen already; any other running one will do."),
    Step.ARM: N_(
        "Press “Arm this instance”. Until then rdpgui only reads; for a few minutes it may change {name} alone."
    ),
    Step.DISRUPT: N_(
        "Press a disruption, for example “OS shutdown”, and then “Run the experiment”. "
        "Then the window says what it waits for."
    ),
    Step.WATCH: N_(
        "Watch: this is the screen of {name} as EC2 sees it. The film of the recording takes its place when it comes."
    ),
    Step.READ: N_("Your first verdict: the film's last frame, and beside it what the verdict rests on."),
}
UNUSABLE = N_("{name} cannot be armed now. Choose another running instance.")


@dataclass(frozen=True, slots=True)
class Progress:
    """What decides about the next step.

    Attributes:
        chosen: the person chose an instance, or went on with the one that was. may_arm: it can be armed.
        armed: it is. running: a run goes on. judged: a run that was led to has its verdict.
    """

    chosen: bool
    may_arm: bool
    armed: bool
    running: bool
    judged: bool


def next_step(progress: Progress) -> Step:
    """Return the step that is next; what happens in the window counts, not the order in which it was done."""
    if progress.running:
        return Step.WATCH
    if progress.judged:
        return Step.READ
    if progress.armed:
        return Step.DISRUPT
    return Step.ARM if progress.chosen and progress.may_arm else Step.CHOOSE
