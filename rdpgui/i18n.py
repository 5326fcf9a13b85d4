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
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

DOMAIN = "rdpgui"
SOURCE_LANGUAGE = "en"
LANGUAGES = ("en", "ja")
"""Languages with a complete catalogue; the first is the source."""


@dataclass(frozen=True, slots=True)
class _Tongue:
    """A language with its catalogue and what of it can be found in a text again."""

    language: str = SOURCE_LANGUAGE
    catalogue: _gettext.NullTranslations = field(default_factory=_gettext.NullTranslations)
    templates: tuple[str, ...] = ()


class _Current:
    """The language of the program; replaced as a whole by ``set_language``."""

    tongue = _Tongue()


_SPOKEN: ContextVar[_Tongue | None] = ContextVar("rdpgui spoken language", default=None)
"""In whose context something is said in another language than the program's, see ``speaking``."""


def _tongue() -> _Tongue:
    return _SPOKEN.get() or _Current.tongue


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
    _Current.tongue = _made(code if code in LANGUAGES else SOURCE_LANGUAGE)
    return _Current.tongue.language


@lru_cache(maxsize=len(LANGUAGES))
def _made(code: str) -> _Tongue:
    if code == SOURCE_LANGUAGE:
        return _Tongue()
    catalogue = _gettext.translation(DOMAIN, locale_dir(), [code], fallback=True)
    return _Tongue(code, catalogue, _templates(catalogue))


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Say everything inside in another language, here and in the tasks that begin here; other threads do not.

    Args:
        code: of ``LANGUAGES``; None for the program's own language again.
    """
    before = _SPOKEN.set(_made(code) if code is not None else None)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def language() -> str:
    """Return the code of the language in use."""
    return _tongue().language


def _(message: str) -> str:
    """Return the message in the language in use."""
    return _tongue().catalogue.gettext(message) if message else ""


def N_(message: str) -> str:
    """Mark a message that is translated later, by ``_`` where it is shown."""
    return message


_CONTEXT_END = "\x04"


def in_context(marked: str) -> str:
    """Translate what ``C_`` or ``N_`` of ``core.texts`` marked; a context says which of several things a word means."""
    context, _end, message = marked.rpartition(_CONTEXT_END)
    return _tongue().catalogue.pgettext(context, message) if context else _(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the form that fits ``count``; the text's ``{n}`` is left for the caller to fill."""
    return _tongue().catalogue.ngettext(singular, plural, count)


def joined(*sentences: str) -> str:
    """Return sentences one after the other; no space follows a full stop that is as wide as one already."""
    whole = ""
    for sentence in filter(None, sentences):
        whole += sentence if not whole or whole.endswith(_WIDE_ENDS) else f" {sentence}"
    return whole


def named(name: str, value: object) -> str:
    """Return a value behind its name, as the language in use writes a colon."""
    return f"{name}：{value}" if language() == "ja" else f"{name}: {value}"


_WIDE_ENDS = ("。", "？", "！")
WORD_FIELDS = frozenset({"looks_like", "detail"})
"""Values inside a sentence that are words of ours where the catalogue has them, and anybody's where it has not."""


def fill(template: str, fields: Mapping[str, object] | Iterable[tuple[str, object]] = ()) -> str:
    """Translate a message id and fill its ``{name}`` fields.

    A field that the template does not get stays visible as ``{name}`` instead of raising: a text with a hole
    is better than no text while something is going wrong.
    """
    values = _Visible(fields)
    values |= {name: _(value) for name, value in values.items() if name in WORD_FIELDS and isinstance(value, str)}
    return _(template).format_map(values)


class _Visible(dict[str, object]):
    """Values of fields; an absent one shows its own name."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


_FIELD = re.compile(r"\{(\w+)[^{}]*\}")
_MIN_LITERAL = 8
"""Characters besides its fields that a message needs to be told from chance."""


def retell(english: str) -> str:
    """Translate sentences that were finished in English, such as the text of an error in a journal.

    A journal keeps what was said in plain English, so that it can be read anywhere. The messages that it was made
    from are found again in the catalogue, also inside one another; what was not made from them stays as it is.
    """
    return _retold(english, language()) or english


@lru_cache(maxsize=512)
def _retold(english: str, spoken: str) -> str:
    """Return the translation, empty when there is none."""
    exact = _(english)
    if exact != english:
        return exact
    for template in _tongue().templates:
        if not all(part in english for part in _literals(template)):
            continue
        found = _pattern(template).fullmatch(english)
        if found is None:
            continue
        values = found.groupdict()
        rest = values.pop("rest_of_it") or ""
        told = _retold(rest, spoken) if rest else ""
        if told or not rest:
            said = fill(template, {name: retell(value) for name, value in values.items()})
            return f"{said}{'' if said.endswith('。') else ' '}{told}".strip()
    return ""


def _templates(catalogue: _gettext.NullTranslations) -> tuple[str, ...]:
    """Return the messages of a catalogue that can be found in a text again, the most telling first."""
    messages: Mapping[object, str] = getattr(catalogue, "_catalog", {})  # gettext has no public way to list them
    texts = [text for text in messages if isinstance(text, str) and _CONTEXT_END not in text]
    telling = {text: sum(map(len, _literals(text))) for text in texts}
    return tuple(sorted((t for t in texts if telling[t] >= _MIN_LITERAL), key=lambda t: -telling[t]))


def _literals(template: str) -> list[str]:
    return _FIELD.split(template)[::2]


@lru_cache(maxsize=128)
def _pattern(template: str) -> re.Pattern[str]:
    """Return what matches a filled message and, unless its last field takes the rest, whatever follows a space."""
    parts, known = [], set[str]()
    for place, part in enumerate(_FIELD.split(template)):
        if place % 2 == 0:
            parts.append(re.escape(part))
        else:
            parts.append(f"(?P={part})" if part in known else f"(?P<{part}>.+?)")
            known.add(part)
    rest = "(?P<rest_of_it>)" if template.endswith("}") else "(?: (?P<rest_of_it>.+))?"
    return re.compile("".join(parts) + rest, re.DOTALL)
