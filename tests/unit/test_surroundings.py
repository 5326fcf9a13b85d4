"""The suite's own surroundings: it finds the same on every machine, however it was started."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.conftest import hear_signals


@pytest.mark.case("S5")
@pytest.mark.skipif(sys.platform == "win32", reason="there is no hang-up")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_that_children_hear_signals_also_where_the_suite_was_told_not_to(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        hear_signals()
        signal.raise_signal(number)  # passed over
        child = subprocess.run(["sh", "-c", f"kill -{number.value} $$; echo deaf"], capture_output=True, check=False)
    finally:
        signal.signal(number, before)
    assert (child.returncode, child.stdout) == (-number, b"")
