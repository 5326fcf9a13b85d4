"""What an invented name is called in the reader's language."""

from __future__ import annotations

from typing import assert_never

from rdpgui.core.aliases import Named, letters
from rdpgui.i18n import _


def alias_word(what: Named, number: int) -> str:
    """Return the invented name of a number; a server's id carries the letter of its name."""
    match what:
        case Named.SERVER:
            return _("Server {letter}").format(letter=letters(number))
        case Named.INSTANCE:
            return f"i-{letters(number)}"
        case Named.ADDRESS:
            return _("Address {letter}").format(letter=letters(number))
        case Named.ACCOUNT:
            return _("Account {n}").format(n=number + 1)
        case Named.USER:
            return _("User {n}").format(n=number + 1)
        case Named.SESSION:
            return _("Session {n}").format(n=number + 1)
        case Named.BUCKET:
            return _("Bucket {letter}").format(letter=letters(number))
        case Named.PROFILE:
            return _("Profile {n}").format(n=number + 1)
        case Named.KEY:
            return _("Key {letter}").format(letter=letters(number))
        case Named.ID:
            return _("Id {letter}").format(letter=letters(number))
        case Named.FOLDER:
            return "~"
        case _:
            assert_never(what)
