"""What one step of the presentation shows; the words are ``story``'s, the painting is ``canvas``'s."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from rdpgui.ui.tokens import Tone


class Step(IntEnum):
    """The five steps, in their order."""

    QUESTION = 0
    PLAN = 1
    LIVE = 2
    FILM = 3
    VERDICT = 4


@dataclass(frozen=True, slots=True)
class Fact:
    """One line with a mark: an icon's name, or a number.

    Attributes:
        note: what stands beside or below it, quieter. strong: it is what happens now.
    """

    mark: str
    tone: Tone
    text: str
    note: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is read from afar, what it is, and what belongs to it."""

    title: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything on screen in one step, texts in the reader's language.

    Attributes:
        kicker: which step. subject: what is looked at. lab: it is of the lab.
        title: the one sentence. lead: a paragraph below it.
        word: of the verdict, in its tone. figures, facts, log: from top to bottom.
        pictured: there is a place for a picture. caption: what the picture is. instead: said where there is none.
        waits: large words over the picture, which is only their background.
    """

    step: Step
    kicker: str
    subject: str
    lab: bool
    title: str
    lead: str = ""
    word: str = ""
    tone: Tone = Tone.IDLE
    figures: tuple[Figure, ...] = ()
    facts: tuple[Fact, ...] = ()
    log: tuple[str, ...] = ()
    pictured: bool = False
    caption: str = ""
    instead: str = ""
    waits: str = ""

    @property
    def spoken(self) -> str:
        """Return all of it for who hears it read."""
        parts = [self.kicker, "LAB" if self.lab else "", self.subject, self.title, self.lead, self.word]
        for figure in self.figures:
            parts += [figure.title, figure.value, figure.note]
        for fact in self.facts:
            parts += [fact.text, fact.note]
        return "\n".join(filter(None, [*parts, self.waits, self.caption, self.instead, *self.log]))
