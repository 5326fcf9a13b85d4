"""Invented names instead of real ones, for who shows the window to others: one table, one place that replaces.

Every real name gets a number when it is first learned and keeps it; what is shown for a number is the reader's word.
Texts go through ``Aliases.shown`` as a whole, so that a name is found wherever it stands: in a sentence, in the key of
an object, in an error of AWS. What looks like an account, an instance or a caller is replaced although nobody has
named it yet. Nothing that is kept goes through here: journals, films and reports of the evidence stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum

SHORTEST = 3
"""Characters of a name that is found inside a text; a shorter one only where it is the whole text."""
KEPT_TEXTS = 4096


class Named(StrEnum):
    """What has a name of its own."""

    ACCOUNT = "account"
    SERVER = "server"
    INSTANCE = "instance"
    ADDRESS = "address"
    USER = "user"
    SESSION = "session"
    BUCKET = "bucket"
    PROFILE = "profile"
    FOLDER = "folder"
    KEY = "key"
    ID = "id"


_SAME_NUMBER = {Named.INSTANCE: Named.SERVER, Named.ADDRESS: Named.SERVER}
"""Of one server: its name, its id and its address carry the same letter."""
_WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]")
"""Where a name may begin, in lower case: at a word, or at any letter of a script that parts no words."""
_LOOKS = (
    (re.compile(r"arn:aws[\w-]*:(?:iam|sts)::\d{12}:[^\s,;\"'()]*[^\s,;\"'().]"), Named.USER),
    (re.compile(r"m?i-[0-9a-f]{8}(?:[0-9a-f]{9})?(?![0-9a-z])"), Named.INSTANCE),
    (re.compile(r"\d{12}(?!\d)"), Named.ACCOUNT),
)
_TOKEN = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])"  # connections, keys, requests
    r"|mrk-[0-9a-f]{32}(?![0-9a-z])"  # keys of several Regions
    r"|oi-[0-9a-f]{12}(?![0-9a-z])"  # requests for access
    r"|[0-9a-f]{16,}(?![0-9a-z])"
    r"|(?=[a-z]*[0-9])[a-z0-9]{20,}"  # random parts of session ids, access keys
)
_NETWORK = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)"
    r"|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}"
)
_MAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
STRICT = (_LOOKS[0], (_MAIL, Named.USER), (_TOKEN, Named.ID), *_LOOKS[1:], (_NETWORK, Named.ADDRESS))
"""For what leaves this computer: everything that looks like an id, also versions that look like an address."""
_NO_SECRET = frozenset({"default", "root", "system", "administrator", "admin", "user", "none", "-", "–", "?"})
"""Names that everybody has."""

Number = tuple[Named, int]
Looks = tuple[tuple[re.Pattern[str], Named], ...]
Word = Callable[[Named, int], str]
"""Returns what is shown for a name, in the reader's language; numbers begin with 0."""


class Aliases:
    """Real names and what is shown instead.

    Args:
        word: what is shown for a number. known: numbers of an earlier time, by the real name.
        looks: what is replaced although nobody has named it, by how it looks.

    Attributes:
        grown: a name was learned since somebody set it back; then the table is worth keeping.
    """

    def __init__(self, word: Word, known: Mapping[str, Number] | None = None, *, looks: Looks = _LOOKS) -> None:
        self.grown = False
        self._looks = looks
        self._word = word
        self._numbers: dict[str, Number] = {}
        # By the first word of names: how long they are, and where in them it begins. Thousands share a beginning.
        self._by_first: dict[str, list[tuple[int, int]]] = {}
        self._next: dict[Named, int] = {}
        self._texts: dict[str, str] = {}
        for name, number in (known or {}).items():
            self._put(name, number)

    @property
    def numbers(self) -> Mapping[str, Number]:
        """The table, by the real name, lower case."""
        return self._numbers

    def forget_texts(self) -> None:
        """Make every text anew: another language."""
        self._texts.clear()

    def learn(self, what: Named, names: Iterable[str]) -> None:
        """Give numbers to names that have none."""
        for name in names:
            if _is_secret(name) and _folded(name) not in self._numbers:
                self._put(name, (what, self._fresh(what)))

    def learn_server(self, instance_id: str, *names: str, address: str = "") -> None:
        """Give one number to all names of a server."""
        known = self._numbers.get(_folded(instance_id))
        # An id that once was taken for something else, a caller's name perhaps, has a number of those.
        of_server = known is not None and _SAME_NUMBER.get(known[0], known[0]) is Named.SERVER
        number = known[1] if known is not None and of_server else self._fresh(Named.SERVER)
        for what, group in ((Named.INSTANCE, (instance_id,)), (Named.SERVER, names), (Named.ADDRESS, (address,))):
            for name in group:
                if _is_secret(name) and _folded(name) not in self._numbers:
                    self._put(name, (what, number))

    def shown(self, text: str) -> str:
        """Return a text with every real name replaced."""
        found = self._texts.get(text)
        if found is None:
            if len(self._texts) >= KEPT_TEXTS:
                self._texts.clear()
            found = self._replaced(text)
            self._texts[text] = found
        return found

    def _fresh(self, what: Named) -> int:
        what = _SAME_NUMBER.get(what, what)
        number = self._next.get(what, 0)
        self._next[what] = number + 1
        return number

    def _put(self, name: str, number: Number) -> None:
        key = _folded(name)
        self._numbers[key] = number
        what = _SAME_NUMBER.get(number[0], number[0])
        self._next[what] = max(self._next.get(what, 0), number[1] + 1)
        first = _WORD.search(key)
        if first is not None and len(key) >= SHORTEST and not key.isdigit():
            group, shape = self._by_first.setdefault(first[0], []), (len(key), first.start())
            if shape not in group:
                group.append(shape)
                group.sort(reverse=True)
        self.grown = True
        self._texts.clear()

    def _replaced(self, text: str) -> str:
        whole = self._numbers.get(_folded(text.strip()))
        if whole is not None:
            return self._word(*whole)
        made, done = [], 0
        for begin, end, number in self._found(text):
            made += [text[done:begin], self._word(*number)]
            done = end
        return "".join([*made, text[done:]]) if made else text

    def _found(self, text: str) -> Iterator[tuple[int, int, Number]]:
        """Yield where real names stand, from left to right, the longest first; none inside another."""
        lower, done = _folded(text), 0
        for word in _WORD.finditer(lower):
            if word.start() < done:
                continue
            found = self._known_at(lower, word) or self._alike_at(lower, word.start())
            if found is not None and found[0] >= done:
                done = found[1]
                yield found

    def _known_at(self, lower: str, word: re.Match[str]) -> tuple[int, int, Number] | None:
        for length, offset in self._by_first.get(word[0], ()):
            begin = word.start() - offset
            end = begin + length
            number = self._numbers.get(lower[begin:end]) if begin >= 0 else None
            if number is not None and not _goes_on(lower, end):
                return begin, end, number
        return None

    def _alike_at(self, lower: str, place: int) -> tuple[int, int, Number] | None:
        for pattern, what in self._looks:
            match = pattern.match(lower, place)
            if match is not None:
                if what is Named.INSTANCE:
                    self.learn_server(match[0])
                else:
                    self.learn(what, [match[0]])
                return match.start(), match.end(), self._numbers[match[0]]
        return None


def _folded(text: str) -> str:
    """Return a text in one case, letter for letter: a place in it is the same place in the text."""
    folded = text.casefold()
    return folded if len(folded) == len(text) else "".join(map(_folded_letter, text))


def _folded_letter(letter: str) -> str:
    """Return one letter for one: where its lower case is two (ß, İ), what has one, else itself."""
    return next((folded for folded in (letter.casefold(), letter.lower()) if len(folded) == 1), letter)


def _is_secret(name: str) -> bool:
    return bool(name.strip()) and name.strip().casefold() not in _NO_SECRET


def _goes_on(text: str, end: int) -> bool:
    """Whether a word goes on behind a place: then it is another one."""
    return end < len(text) and text[end - 1].isalnum() and text[end].isalnum() and text[end].isascii()


def letters(number: int) -> str:
    """Return a number as letters: A to Z, then AA."""
    made, rest = "", number + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        made = chr(ord("A") + letter) + made
    return made
