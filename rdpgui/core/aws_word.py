"""Words of AWS, among them those that this program does not know yet."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self


class AwsWord(StrEnum):
    """An enum of AWS. A word that is none of its members is kept as it is, and is no member.

    AWS adds words. One row that carries one must not hide all others, and must not be guessed at either: it is shown
    with its word, and no rule takes it for one that it knows. A word that is missing is the empty one.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        made = str.__new__(cls, value)
        made._name_ = "UNKNOWN"
        made._value_ = value
        return made

    def __reduce_ex__(self, _protocol: object) -> tuple[Any, ...]:
        """Copy by the word: some versions of Python (3.11.2) copy by the name, which a word that is no member lacks."""
        return type(self), (str(self._value_),)

    @property
    def known(self) -> bool:
        """Whether it is one of the members, whose meaning the rules know."""
        return self._value_ in type(self)._value2member_map_
