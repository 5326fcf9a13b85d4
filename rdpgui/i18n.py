"""Words of the program in the reader's language (gettext; the source is English).

``_`` translates now, ``N_`` marks a text that is translated when it is shown.
The rooms that may not import this module (core, runner, aws, media) use plain
English sentences as message ids; ``resources/locale/update.py`` collects both.
May import: the standard library only.
"""

from __future__ import annotations

import gettext as _gettext
import locale
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

DOMAIN = "rdpgui"
SOURCE_LANGUAGE = "en"
LANGUAGES = ("en", "ja")
"""Languages with a complete catalogue; the first is the source."""


class _Current:
    """The one catalogue in use; replaced as a whole by ``set_language``."""

    language = SOURCE_LANGUAGE
    catalogue: _gettext.NullTranslations = _gettext.NullTranslations()


def locale_dir() -> Path:
    """Return the folder of the catalogues: inside an installed wheel, else in the repository."""
    here = Path(__file__).resolve().parent
    installed = here / "_resources" / "locale"
    return installed if installed.is_dir() else here.parent / "resources" / "locale"


def system_language() -> str:
    """Return the language of the system as a code of ``LANGUAGES``, English when there is no catalogue for it."""
    names = [os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    names = [part for name in names for part in name.split(":") if part]
    if not names:  # Windows and macOS set none of these
        names = [locale.getlocale()[0] or ""]
    for name in names:
        code = name.replace("-", "_").split(".")[0].split("_")[0].lower()
        code = {"japanese": "ja", "english": "en", "c": "en", "posix": "en"}.get(code, code)
        if code in LANGUAGES:
            return code
    return SOURCE_LANGUAGE


def set_language(language: str) -> str:
    """Switch the language.

    Args:
        language: ``system`` or a code of ``LANGUAGES``; anything else means the source language.

    Returns:
        The code in use from now on.
    """
    code = system_language() if language == "system" else language
    if code not in LANGUAGES:
        code = SOURCE_LANGUAGE
    _Current.language = code
    _Current.catalogue = (
        _gettext.NullTranslations()
        if code == SOURCE_LANGUAGE
        else _gettext.translation(DOMAIN, locale_dir(), [code], fallback=True)
    )
    return code


def language() -> str:
    """Return the code of the language in use."""
    return _Current.language


def _(message: str) -> str:
    """Return the message in the language in use."""
    return _Current.catalogue.gettext(message) if message else ""


def N_(message: str) -> str:
    """Mark a message that is translated later, by ``_`` where it is shown."""
    return message


_CONTEXT_END = "\x04"


def in_context(marked: str) -> str:
    """Translate what ``C_`` or ``N_`` of ``core.texts`` marked; a context says which of several things a word means."""
    context, _end, message = marked.rpartition(_CONTEXT_END)
    return _Current.catalogue.pgettext(context, message) if context else _(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the form that fits ``count``; the text's ``{n}`` is left for the caller to fill."""
    return _Current.catalogue.ngettext(singular, plural, count)


def fill(template: str, fields: Mapping[str, object] | Iterable[tuple[str, object]] = ()) -> str:
    """Translate a message id and fill its ``{name}`` fields.

    A field that the template does not get stays visible as ``{name}`` instead of raising: a text with a hole
    is better than no text while something is going wrong.
    """
    return _(template).format_map(_Visible(fields))


class _Visible(dict[str, object]):
    """Values of fields; an absent one shows its own name."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
