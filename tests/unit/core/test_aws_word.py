"""A word of AWS that is not known yet is kept, is no member, and fits wherever words are compared and written."""

from __future__ import annotations

import copy
import pickle

import pytest

from rdpgui.core.aws_word import AwsWord
from rdpgui.core.codec import from_json, to_json
from rdpgui.core.errors import EventUnreadable
from rdpgui.core.instance import InstanceState, PingStatus
from rdpgui.core.session import AccessType, SessionStatus

KINDS: tuple[type[AwsWord], ...] = (InstanceState, PingStatus, SessionStatus, AccessType)
WORDS = ("Paused", "", "running ", "RUNNING", "UNKNOWN", "停止", "connected")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("word", WORDS)
def test_that_a_word_that_is_not_known_is_itself_and_no_member(kind: type[AwsWord], word: str) -> None:
    found = kind(word)
    assert isinstance(found, kind) and not found.known
    assert (str(found), found.value, found == word) == (word, word, True)
    assert all(found != member and found is not member for member in kind)
    assert {found: 1}[kind(word)] == 1, "the same word is the same key"
    assert found not in list(kind), "and is not there the next time either"


@pytest.mark.parametrize("kind", KINDS)
def test_that_every_member_is_known_and_found_by_its_word(kind: type[AwsWord]) -> None:
    for member in kind:
        assert member.known and kind(member.value) is member


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("word", WORDS)
def test_that_it_survives_being_written_and_copied(kind: type[AwsWord], word: str) -> None:
    found = kind(word)
    assert to_json(found) == word
    for again in (from_json(kind, word, "x"), copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert again == found and isinstance(again, kind) and not again.known


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [None, 7, True, b"running", ["running"]])
def test_that_what_is_no_word_is_refused(kind: type[AwsWord], value: object) -> None:
    with pytest.raises(ValueError):
        kind(value)  # type: ignore[arg-type]
    with pytest.raises(EventUnreadable):
        from_json(kind, value, "x")
