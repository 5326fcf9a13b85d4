"""Claim C6 on the claims page: what the shells of the place show, read when the page is opened."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from rdpgui.core.judging.claims import ClaimId
from rdpgui.core.shell_log import ShellContrast
from rdpgui.ui.claim_views import claim_views
from rdpgui.ui.main_window import Page
from rdpgui.ui.panels.claims import ClaimView
from tests.ui.conftest import Bench
from tests.ui.snapshots import seeded
from tests.unit.core.judging.test_shell_logs import ARRIVED, CUT, shell


def _c6(*shells: ShellContrast) -> ClaimView:
    return next(view for view in claim_views((), shells) if view.claim_id == ClaimId.C6)


def test_that_the_claim_of_the_shells_is_told_by_what_was_found_and_leads_to_no_run() -> None:
    assert (_c6().result, _c6(ARRIVED).result) == ("untested", "untested")
    assert "cut off" in _c6().reason
    found = _c6(ARRIVED, shell("cut-1", CUT, None))
    assert (found.result, found.run_ids) == ("supported", ())
    assert found.reason.startswith("Supported by 1")


def test_that_the_shells_are_read_when_the_claims_are_opened_and_then_shown(bench: Bench) -> None:
    def reads() -> list[tuple[object, ...]]:
        return [order for order in bench.commands.orders if order[0] == "read_shells"]

    bench.show(seeded())
    assert reads() == []
    bench.window.show_page(Page.CLAIMS)
    bench.show(seeded())
    bench.show(seeded())
    assert len(reads()) == 1
    on_read = reads()[0][1]
    assert callable(on_read)
    on_read((ARRIVED, shell("cut-1", CUT, None)))
    assert "supported" in [label.text() for label in bench.window.findChildren(QLabel)]
    bench.window.show_page(Page.EXPERIMENT)
    bench.show(seeded())
    bench.window.show_page(Page.CLAIMS)
    bench.show(seeded())
    assert len(reads()) == 2
