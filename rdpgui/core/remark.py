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
    text = note.replace("\r\n", "\n")
    return Remark(_cut(tester, LONGEST_WORD), _cut(ticket, LONGEST_WORD), _cut(text, LONGEST_NOTE))


def _cut(text: str, longest: int) -> str:
    """Return at most so many characters; what is written again is written the same."""
    return text.strip()[:longest].rstrip()
