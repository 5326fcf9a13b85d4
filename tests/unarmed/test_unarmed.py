"""Some tens of sequences of the campaign: ``python -m tests.unarmed`` tries ten thousand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rdpgui.core.settings import Theme
from rdpgui.ui.theme import Theming
from tests.unarmed.fuzz import changes, fuzz_window, replayed


@pytest.mark.case("R5", "R6")
@pytest.mark.qt_no_exception_capture
@pytest.mark.logs("WARNING ")  # what is refused is told; what is no refusal is an error, or a bug
def test_that_whatever_is_pressed_unarmed_only_reads(qapp: Any, tmp_path: Path) -> None:
    theming = Theming(qapp)
    theming.start(Theme.DARK)
    try:
        found = fuzz_window(theming, tmp_path, seed=20_250_430, sequences=40)
    finally:
        qapp.setStyleSheet("")
    assert (found.changes, found.bugs, found.armed) == ((), (), False), replayed(found)
    assert found.sequences == 40 and found.pressed > 100 and found.reads > 100


@pytest.mark.case("R6")
def test_that_a_rehearsal_is_no_read() -> None:
    reads = ["ec2:DescribeInstances", "ssm:DescribeSessions Active", "s3:ListObjectsV2", "sts:GetCallerIdentity"]
    orders = [
        "DryRun ec2:StopInstances",
        "ssm:SendCommand boot time",
        "ssm:StartAccessRequest",
        "ec2:StartInstances i-1",
    ]
    assert changes([*reads, "open i-1", "close"]) == []
    assert changes([*reads, *orders]) == orders
