"""The contrast on the lab, unattended: one shell is left in order, one is cut off with its instance."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.terminal import command


def test_that_the_lab_loses_the_log_at_the_end_keeps_the_stream_and_so_supports_the_claim(tmp_path: Path) -> None:
    status, out, err = command(["--data-dir", tmp_path, "shell-log", "--scenario", "shell-log-streamed", "--json"])
    assert status == 0, err
    told = json.loads(out)
    found = [(shell["cut_off"], [one["finding"] for one in shell["looked"]]) for shell in told["shells"]]
    assert found == [(False, ["there", "there"]), (True, ["not-there", "there"])]
    assert (told["place"], told["claim"]["result"]) == ("lab:shell-log-streamed", "supported")
    assert told["claim"]["supporting"] == [told["shells"][1]["session"]]
