"""The pictures of a report and when they were made."""

from __future__ import annotations

from dataclasses import replace

from rdpgui.core.run_events import WitnessSaved
from rdpgui.core.verdict import Interval, Verdict, VerdictValue
from rdpgui.report.html import run_html
from rdpgui.report.model import gap_text, run_report
from rdpgui.ui.formats import interval
from tests.unit.core.samples import RUN, at, begin, disrupted, ended, good_run, recorded, state_of

WITNESS = WitnessSaved(at(9.5), RUN, "console-screenshot.jpg", at(9.25))


def test_that_the_console_screenshot_stands_beside_the_last_frame_with_its_time() -> None:
    run = state_of([*begin(), *disrupted(), WITNESS, *ended(), *recorded()])
    report = run_report(run, folder="runs/r-1")
    assert report.witness == "runs/r-1/console-screenshot.jpg"
    html = run_html(run)
    last, witness = html.index('src="last-frame.png"'), html.index('src="console-screenshot.jpg"')
    assert last < witness < html.index("</figure>", witness)
    assert "09.500" in report.witness_at and "09.750" in report.witness_at
    assert report.witness_at in html
    assert "8.500 s into the film" in html


def test_that_a_run_without_a_screenshot_shows_the_last_frame_alone() -> None:
    html = run_html(good_run())
    assert 'src="last-frame.png"' in html
    assert "console-screenshot" not in html


def test_that_a_gap_is_never_minus_zero() -> None:
    gap = Interval(-0.154, 0.150)
    run = replace(good_run(), verdict=Verdict(VerdictValue.PASS, (), gap))
    assert gap_text(run).startswith("0.00 s")
    assert interval(gap).startswith("0.00 s")
    assert interval(Interval(-0.3, 0.1)).startswith("-0.10 s")
