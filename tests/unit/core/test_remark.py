"""What a tester writes: as it was written, no longer than it may be, and the same when it is written again."""

from __future__ import annotations

import pytest

from rdpgui.core.remark import LONGEST_NOTE, LONGEST_WORD, NO_REMARK, Remark, remark

W, N = LONGEST_WORD, LONGEST_NOTE


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        ("   \t\n", ""),
        ("\u3000佐藤\u3000", "佐藤"),
        ("  dave  jones ", "dave  jones"),
        ("x" * W, "x" * W),
        ("x" * (W + 1), "x" * W),
        (" " * W + "x", "x"),
        # Cut at a blank: then it would be another word the next time.
        ("x" * (W - 1) + " y", "x" * (W - 1)),
    ],
)
def test_that_a_name_and_a_ticket_are_kept_without_blanks_round_them(written: str, kept: str) -> None:
    assert remark(written, "", "") == Remark(tester=kept)
    assert remark("", written, "") == Remark(ticket=kept)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("one\r\ntwo\r\n", "one\ntwo"),
        ("one\n\n two", "one\n\n two"),
        ("\r\n\r\n", ""),
        ("x" * (N + 5), "x" * N),
        ("\r\n" * N + "x", "x"),
        ("x\r\n" * N, ("x\n" * (N // 2)).rstrip()),
    ],
)
def test_that_a_note_keeps_its_lines(written: str, kept: str) -> None:
    assert remark("", "", written) == Remark(note=kept)


@pytest.mark.parametrize("text", ["x" * (W - 1) + "  y", "a\r\n" * N, " a ", "x" * N * 2, "\u3000" * N + "a" * N])
def test_that_what_is_written_again_unchanged_is_the_same(text: str) -> None:
    once = remark(text, text, text)
    assert remark(once.tester, once.ticket, once.note) == once


@pytest.mark.parametrize("which", ["tester", "ticket", "note"])
def test_that_one_of_the_three_says_something(which: str) -> None:
    assert Remark(**{which: "x"}).says_anything
    assert not NO_REMARK.says_anything
    assert remark(" ", "\t", "\r\n") == NO_REMARK
