"""The hunt for mutants: those that no test and no world finds are the holes of both.

The tests of the judge come first (each is a call of its function), then the kept worlds, then fresh ones. A mutant is
found when a test fails, or a world is judged wrong, or a true cause is no longer named, where the judge was right.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from tests.hostile.found_out import wrongs_of
from tests.hostile.kept import KEPT
from tests.hostile.mutants import ROOT, Mutant, patched

FILES = (
    "tests/unit/core/judging",
    "tests/unit/core/kinds",
    "tests/unit/core/test_judged_anew.py",
    "tests/unit/core/test_guards.py",
)
LONG = ("test_gap", "test_recording_status", "test_timeline")
"""Files whose tests take long, or look at something else: they are asked about places in time only."""

OF_TIME = frozenset({"judging.gap", "judging.film_place", "judging.session_end"})

AROUND = frozenset({"event_loop_policy", "english", "log_lines", "time_limit", "request"})
"""Fixtures that every test has, and that a test of the judge does without."""

Test = tuple[str, Callable[[], object]]


@dataclass(slots=True)
class _Collector:
    """Keeps the tests that take nothing but their parameters."""

    tests: list[Test] = field(default_factory=list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            if isinstance(item, pytest.Function):
                params = item.callspec.params if hasattr(item, "callspec") else {}
                if not set(item.fixturenames) - set(params) - AROUND:
                    self.tests.append((item.nodeid, _Call(item.obj, params)))


@dataclass(frozen=True, slots=True)
class _Call:
    function: Callable[..., object]
    params: dict[str, object]

    def __call__(self) -> object:
        return self.function(**self.params)


def collected() -> list[Test]:
    """Return the tests of the judge."""
    collector = _Collector()
    files = [str(ROOT / name) for name in FILES]
    pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", *files], plugins=[collector])
    return collector.tests


def _is_long(test: Test) -> bool:
    return any(name in test[0] for name in LONG)


def hunt(sample: Sequence[Mutant], seed: int, count: int) -> Iterator[tuple[Mutant, str]]:
    """Give each mutant with what found it; empty when nothing did."""
    tests = collected()
    failing = [name for name, call in tests if not _holds(call)]
    say(f"{len(tests)} tests; not usable here: {failing}")
    tests = [(name, call) for name, call in tests if name not in failing]
    known: list[list[str]] = []
    for mutant in sample:
        asked = sorted(tests, key=_is_long) if mutant.module in OF_TIME else [t for t in tests if not _is_long(t)]
        with patched(mutant):
            by = next((test for test in asked if not _holds(test[1])), None)
        if by is not None:
            tests.remove(by)  # what found one finds others
            tests.insert(0, by)
            yield mutant, by[0].rpartition("/")[2]
        else:
            yield mutant, _in_worlds(mutant, seed, count, known)


def _holds(call: Callable[[], object]) -> bool:
    try:
        call()
    except (Exception, pytest.fail.Exception):  # noqa: BLE001  (whatever it is, the test does not hold)
        return False
    return True


def _in_worlds(mutant: Mutant, seed: int, count: int, known: list[list[str]]) -> str:
    for index in range(len(KEPT) + count):
        if index == len(known):
            known += wrongs_of(seed, [index])
        try:
            with patched(mutant):
                now = wrongs_of(seed, [index])[0]
        except Exception as error:  # noqa: BLE001  (a judge that fails is found)
            return f"world {index + 1}: {type(error).__name__}"
        if set(now) - set(known[index]):
            return f"world {index + 1}"
    return ""


def say(text: str) -> None:
    """Write a line to the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
