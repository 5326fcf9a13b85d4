"""What lay in the bucket: a short list in the journal's line, a long one in a file that its hash vouches for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from itertools import count

import pytest

from rdpgui.core.errors import JournalDamaged
from rdpgui.core.objects_before import IN_LINE_BYTES, STEP, is_short, put_aside, steps_of, with_objects, without_objects
from rdpgui.core.state import RunState
from tests.unit.core.samples import begin, state_of

ODD = (
    ("a b/ü.mp4", '"e-1"'),
    ("line\u2028separator\u0085and\x1econtrol", "e"),  # all of them end lines for some readers
    ('quote"back\\slash\nnewline', ""),
    ("😀", "e"),
    ("", ""),
)


def _run(data: bytes, pairs: tuple[tuple[str, str], ...] = ()) -> RunState:
    run = state_of(begin()[:2])
    assert run.baseline is not None
    digest = hashlib.sha256(data).hexdigest()
    return replace(run, baseline=replace(run.baseline, object_keys=pairs, objects_sha256=digest))


def _file(pairs: tuple[tuple[str, str], ...]) -> bytes:
    return b"".join(steps_of(pairs))


@pytest.mark.parametrize("pairs", [(), (("k", "e"),), ODD, tuple((f"k{n}", f"e{n}") for n in range(2 * STEP + 1))])
def test_that_a_list_comes_back_as_it_was_put_aside(pairs: tuple[tuple[str, str], ...]) -> None:
    data = _file(pairs)
    read = with_objects(_run(data), data)
    assert read.baseline is not None and read.baseline.object_keys == pairs
    assert data.count(b"\n") == len(pairs)
    assert all(isinstance(json.loads(line), list) for line in data.splitlines())


def test_that_a_list_is_made_some_lines_at_a_time_and_as_it_is_asked_for() -> None:
    endless = ((f"k{number}", "e") for number in count())
    first = next(steps_of(endless))
    assert first.count(b"\n") == STEP
    assert next(endless) == (f"k{STEP}", "e"), "no more was taken than was made"
    steps = list(steps_of((f"k{number}", "e") for number in range(STEP + 1)))
    assert [step.count(b"\n") for step in steps] == [STEP, 1]
    assert list(steps_of(())) == []


@pytest.mark.parametrize(
    ("pairs", "short"),
    [
        ((), True),
        ((("k" * (IN_LINE_BYTES - 9), "e"),), True),
        ((("k" * (IN_LINE_BYTES - 8), "e"),), False),
        ((("", ""),) * (IN_LINE_BYTES // 8), True),
        ((("", ""),) * (IN_LINE_BYTES // 8 + 1), False),
        ((("k", "e"),) * 100_000, False),
        ((("録" * 66, ""),), False),  # a letter of Japanese is six bytes of a journal's line
        ((("録" * 65, ""),), True),
        ((("\n" * 197, ""),), False),
    ],
)
def test_that_only_a_list_that_keeps_its_line_short_stays_in_it(
    pairs: tuple[tuple[str, str], ...], short: bool
) -> None:
    assert is_short(pairs) is short


@pytest.mark.parametrize(
    "data",
    [
        b"",
        _file((("k", "e"),))[:-1],
        _file((("k", "f"),)),
        _file((("k", "e"), ("k", "e"))),
    ],
)
def test_that_a_list_that_was_changed_is_not_believed(data: bytes) -> None:
    with pytest.raises(JournalDamaged, match="changed"):
        with_objects(_run(_file((("k", "e"),))), data)


@pytest.mark.parametrize(
    "data",
    [
        b"no json\n",
        b"[1]\n",
        b"3\n",
        b'["a","b","c"]\n',
        b"null\n",
        b"\xff\n",
        b"{}\n",
        b"[" * 100_000,
        b"[" + b"9" * 9_999,
    ],
)
def test_that_a_file_that_its_hash_vouches_for_and_that_is_no_list_is_damage_and_no_crash(data: bytes) -> None:
    with pytest.raises(JournalDamaged):
        with_objects(_run(data), data)


def test_that_a_run_without_a_baseline_has_no_list() -> None:
    run = state_of(begin()[:1])
    assert not put_aside(run)
    with pytest.raises(JournalDamaged):
        with_objects(run, b"")


def test_that_a_list_is_aside_until_it_is_read_back() -> None:
    data = _file((("k", "e"),))
    run = _run(data)
    assert put_aside(run)
    assert not put_aside(with_objects(run, data))
    assert not put_aside(state_of(begin()[:2])), "it stands in the journal's line"
    assert "missing" in without_objects().text()
