"""What a tester writes on a run: who tested, for which ticket, and a note. Said by a person, and no evidence."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_WORD = 120
"""Characters of a tester's name and of a ticket."""
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Remark:
    """The three; empty where nothing was said."""

    tester: str = ""
    ticket: str = ""
    note: str = ""

    @property
    def says_anything(self) -> bool:
        """Whether one of them is filled in."""
        return bool(self.tester or self.ticket or self.note)


NO_REMARK = Remark()


def remark(tester: str, ticket: str, note: str) -> Remark:
    """Return what was written without the blanks round it, each as long as it may be."""
    return Remark(
        tester.strip()[:LONGEST_WORD], ticket.strip()[:LONGEST_WORD], note.replace("\r\n", "\n").strip()[:LONGEST_NOTE]
    )
