"""What Windows says on screens that fill the display, in English and Japanese, and how sure each wording is.

Sources: Microsoft's Azure troubleshooting articles on machines that are stuck while restarting, shutting down or
updating; KB 3064434; kernel message strings of the stop screen; help pages. ``LOW``: a wording that no source shows,
translated by us. A text that is in none of them is told as unknown, with its words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from rdpgui.core.film import EndClass

MAX_DISTANCE = 0.25
"""Edit distance over length up to which two texts are the same; at 0.34 a button "Shut down" becomes a screen."""
EXACT_BELOW = 5
"""Characters under which a text must match exactly."""
_PER_CENT = re.compile(r"(\d{1,3})\s*%(.*)$")
_TIME_OF_DAY = re.compile(r"\d{1,2}[:.]\d{2}")
_DONE = ("", "complete", "完了")


class Sureness(StrEnum):
    """How well a wording is known."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One wording.

    Attributes:
        text_class: what it means; None for a line that only comes with others.
        language: ``en`` or ``ja``. text: as Windows writes it. sureness: how well that is known.
        key: its letters and digits only.
    """

    text_class: EndClass | None
    language: str
    text: str
    sureness: Sureness
    key: str


@dataclass(frozen=True, slots=True)
class Match:
    """A line that says something known; ``distance`` is 0 for the very same letters."""

    phrase: Phrase
    distance: float


def letters(text: str) -> str:
    """Return the letters and digits of a text in one form: compared are words, not spaces, dots and width."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def per_cent(text: str) -> int | None:
    """Return the per cent that a line tells, None when it tells none."""
    found = _PER_CENT.search(unicodedata.normalize("NFKC", text))
    return int(found[1]) if found and int(found[1]) <= 100 else None


def is_per_cent_alone(text: str) -> bool:
    """Say whether a line is a per cent and the word for done, nothing else."""
    plain = unicodedata.normalize("NFKC", text)
    found = _PER_CENT.search(plain)
    if found is None or letters(plain[: found.start()]):
        return False
    after = letters(found[2])
    return any(distance(after, word) <= 1 + len(word) // 4 for word in _DONE)


def without_per_cent(text: str) -> str:
    """Return a line up to its per cent."""
    return _PER_CENT.sub("", unicodedata.normalize("NFKC", text))


def _phrases(text_class: EndClass | None, sureness: Sureness, language: str, *texts: str) -> list[Phrase]:
    return [Phrase(text_class, language, text, sureness, letters(text)) for text in texts]


_HIGH, _MEDIUM, _LOW = Sureness.HIGH, Sureness.MEDIUM, Sureness.LOW
PHRASES: tuple[Phrase, ...] = (
    *_phrases(EndClass.RESTART, _HIGH, "en", "Restarting"),
    *_phrases(EndClass.RESTART, _HIGH, "ja", "再起動しています"),
    *_phrases(EndClass.SHUTDOWN, _HIGH, "en", "Shutting down"),
    *_phrases(EndClass.SHUTDOWN, _HIGH, "ja", "シャットダウンしています"),
    *_phrases(EndClass.SERVICES, _HIGH, "en", "Stopping services"),
    *_phrases(EndClass.SERVICES, _LOW, "ja", "サービスを停止しています"),
    *_phrases(EndClass.SIGNOUT, _HIGH, "en", "Signing out"),
    *_phrases(EndClass.SIGNOUT, _MEDIUM, "ja", "サインアウトしています"),
    *_phrases(EndClass.UPDATE, _HIGH, "en", "Working on updates", "Configuring Windows updates"),
    *_phrases(EndClass.UPDATE, _HIGH, "en", "Preparing to configure Windows"),
    *_phrases(EndClass.UPDATE, _MEDIUM, "en", "Updates are underway"),
    *_phrases(EndClass.UPDATE, _HIGH, "ja", "更新プログラムを構成しています"),
    *_phrases(EndClass.UPDATE, _MEDIUM, "ja", "Windows 更新プログラムの構成中"),
    *_phrases(EndClass.UPDATE, _LOW, "ja", "更新プログラムを処理しています"),
    *_phrases(EndClass.READY, _HIGH, "en", "Getting Windows ready"),
    *_phrases(EndClass.READY, _HIGH, "ja", "Windows の準備をしています"),
    *_phrases(EndClass.UNDO, _HIGH, "en", "We couldn't complete the updates"),
    *_phrases(EndClass.UNDO, _HIGH, "en", "Undoing changes", "Undoing changes made to your computer"),
    *_phrases(EndClass.UNDO, _MEDIUM, "ja", "更新プログラムを構成できませんでした", "更新を完了できませんでした"),
    *_phrases(EndClass.UNDO, _MEDIUM, "ja", "変更を元に戻しています", "元に戻しています"),
    *_phrases(EndClass.WAIT, _HIGH, "en", "Please wait"),
    *_phrases(EndClass.WAIT, _LOW, "ja", "お待ちください", "しばらくお待ちください"),
    *_phrases(EndClass.BLOCKED, _HIGH, "en", "This app is preventing shutdown"),
    *_phrases(EndClass.BLOCKED, _HIGH, "ja", "このアプリがシャットダウンを妨げています"),
    *_phrases(EndClass.ENDED, _HIGH, "en", "Your Remote Desktop Services session has ended"),
    *_phrases(EndClass.ENDED, _HIGH, "en", "The connection has been closed"),
    *_phrases(EndClass.ENDED, _MEDIUM, "ja", "リモート デスクトップ サービス セッションは終了しました"),
    *_phrases(None, _HIGH, "en", "Don't turn off your computer", "complete"),
    *_phrases(None, _MEDIUM, "en", "Please keep your computer on", "Please keep your computer on and plugged in"),
    *_phrases(None, _MEDIUM, "en", "Your computer will restart several times", "This will take a while"),
    *_phrases(None, _HIGH, "ja", "コンピューターの電源を切らないでください", "完了"),
    *_phrases(None, _MEDIUM, "ja", "PC の電源を切らないでください", "コンピューターの電源を入れたままにしてください"),
)

STOP_PHRASES: tuple[Phrase, ...] = (
    *_phrases(EndClass.STOP, _HIGH, "en", "Your PC ran into a problem and needs to restart"),
    *_phrases(EndClass.STOP, _MEDIUM, "en", "Your device ran into a problem and needs to restart"),
    *_phrases(EndClass.STOP, _HIGH, "en", "This server ran into a problem"),
    *_phrases(EndClass.STOP, _HIGH, "ja", "PC に問題が発生したため、再起動する必要があります"),
    *_phrases(EndClass.STOP, _HIGH, "ja", "PC で問題が発生したため、再起動する必要があります"),
    *_phrases(EndClass.STOP, _MEDIUM, "ja", "デバイスに問題が発生したため、再起動する必要があります"),
    *_phrases(EndClass.STOP, _HIGH, "ja", "サーバーに問題が発生しました"),
)
STOP_MORE: tuple[str, ...] = tuple(
    letters(text)
    for text in (
        "Your PC ran into a problem and needs to restart. We're just collecting some error info, and then we'll "
        "restart for you.",
        "Your device ran into a problem and needs to restart. We're just collecting some error info, and then we'll "
        "restart for you.",
        "Your PC ran into a problem that it couldn't handle, and now it needs to restart.",
        "It is collecting some information about the error and then restarts by itself.",
        "For more information about this issue and possible fixes, visit https://www.windows.com/stopcode",
        "If you call a support person, give them this info:",
        "PC に問題が発生したため、再起動する必要があります。エラー情報を収集しています。自動的に再起動します。",
        "PC で問題が発生したため、再起動する必要があります。エラー情報を収集しています。自動的に再起動します。",
        "デバイスに問題が発生したため、再起動する必要があります。エラー情報を収集しています。自動的に再起動します。",
        "エラー情報を収集しています。完了すると自動的に再起動します。エラー情報の収集後に自動的に再起動します。",
        "この問題と可能な解決方法の詳細については、https://www.windows.com/stopcode を参照してください",
        "サポート担当者に連絡する場合は、この情報を伝えてください",
    )
)
"""Sentences of stop screens; the lines they are broken into are parts of them."""
STOP_LABELS = tuple(letters(text) for text in ("Stop code", "What failed", "停止コード", "失敗した内容"))
"""What follows them is a name that nobody can list."""
_TYPED = re.compile(r"[\\>＞]|[?？]\s*$")
"""A prompt, or the end of a question: Windows says neither."""
_WAIT_FOR_EN = "pleasewaitforthe"
_MISREAD = 2
_WAIT_TAILS_JA = ("お待ちください", "待機してください")


def match(text: str) -> Match | None:
    """Return what a line says, None when it is nothing known."""
    plain = without_per_cent(text)
    key = letters(plain)
    if not key or _TIME_OF_DAY.search(plain) or _TYPED.search(plain):  # a line of a log, a command, a question
        return None
    if _waits_for(key):
        return Match(_first(EndClass.WAIT, "en"), 0.0)
    if key.endswith(_WAIT_TAILS_JA):
        return Match(_first(EndClass.WAIT, "ja"), 0.0)
    return nearest(key, PHRASES)


def _waits_for(key: str) -> bool:
    """Say whether somebody is asked to wait for something; a ring may stand before it, letters may be misread."""
    begin = key[: len(_WAIT_FOR_EN) + EXACT_BELOW - 1]
    return len(key) > len(_WAIT_FOR_EN) and distance(_WAIT_FOR_EN, begin, anywhere=True) <= _MISREAD


def nearest(key: str, phrases: tuple[Phrase, ...]) -> Match | None:
    """Return the phrase whose letters are nearest to some letters, None when none is near."""
    best: Match | None = None
    for phrase in phrases:
        longest = max(len(key), len(phrase.key))
        if abs(len(key) - len(phrase.key)) > MAX_DISTANCE * longest:
            continue
        away = distance(key, phrase.key) / longest
        allowed = 0.0 if min(len(key), len(phrase.key)) < EXACT_BELOW else MAX_DISTANCE
        if away <= allowed and (best is None or away < best.distance):
            best = Match(phrase, away)
    return best


def is_part_of(key: str, whole: str) -> bool:
    """Say whether some letters are, nearly, a part of a longer text."""
    return bool(key) and distance(key, whole, anywhere=True) <= MAX_DISTANCE * len(key)


def distance(one: str, other: str, *, anywhere: bool = False) -> int:
    """Return the least number of letters to put in, take out or change.

    Args:
        one: some letters.
        other: the others.
        anywhere: compared with the part of ``other`` that is nearest to ``one``.
    """
    before = [0] * (len(other) + 1) if anywhere else list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        row = [at]
        for place, wanted in enumerate(other, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != wanted)))
        before = row
    return min(before) if anywhere else before[-1]


def _first(text_class: EndClass, language: str) -> Phrase:
    return next(item for item in PHRASES if (item.text_class, item.language) == (text_class, language))
