"""What belongs to one place is shown at that place only, and what is of the lab says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QPushButton, QScrollArea, QTableView, QWidget

from rdpgui.app.workplace import Workplace
from rdpgui.core.account_events import IdentityObserved, PlaceOpened, PollFailed, SessionsObserved, Topic
from rdpgui.core.events import Event
from rdpgui.core.ids import AccountId, RunId
from rdpgui.core.kinds.registry import ARTICLE_DISRUPTIONS
from rdpgui.core.people_events import RunArchived
from rdpgui.core.place import Place
from rdpgui.core.run_events import NeighboursRead, RunStarted, SessionAttached, SessionLeftActive, VerdictReached
from rdpgui.core.session import AccessType
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState
from rdpgui.i18n import set_language
from rdpgui.runner.store import Store
from rdpgui.ui.commands import PlaceChoice
from rdpgui.ui.dialogs.delete_runs import DeleteDialog
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.table import WholeRows
from tests.ui.conftest import Bench
from tests.ui.snapshots import ACCOUNT, LAB, NOW, REGION, armed, fold, run_events, seeded

ON_INSTANCE = Place(scenario="recorder-on-instance")
AWS = Place(account_id=ACCOUNT, region=REGION)
NOBODY = Place(region=REGION)
EMULATOR = replace(AWS, endpoint="127.0.0.1:4566")
REFUSED = PollFailed(NOW, Topic.IDENTITY, "The security token is invalid.", "Sign in again.")
WHO = IdentityObserved(NOW, ACCOUNT, "arn:aws:iam::123456789012:user/ann", REGION, "work", "", lab=False)


def _at(place: Place | None, events: tuple[Event, ...], *, lab: bool) -> tuple[Event, ...]:
    """Return the events of a run as another place would have written them."""
    begun, *rest = events
    assert isinstance(begun, RunStarted)
    return (replace(begun, place=place, plan=replace(begun.plan, lab=lab)), *rest)


def _runs(place: Place | None = LAB, *, lab: bool = True) -> tuple[Event, ...]:
    """Return PASS for each of the article's four disruptions, with both access types."""
    name = place.key if place is not None else "old"
    found: list[Event] = []
    for number, disruption_id in enumerate(ARTICLE_DISRUPTIONS):
        for access_type in AccessType:
            run = run_events(f"{name} {number} {access_type}", disruption_id, access_type)
            judged = next(n for n, event in enumerate(run) if isinstance(event, VerdictReached))
            found += _at(place, (*run[:judged], _alone(run[judged]), *run[judged:]), lab=lab)
    return tuple(found)


def _alone(judged: Event) -> NeighboursRead:
    """Return that no other session could have made the film: claims rest on what can be judged anew."""
    assert isinstance(judged, VerdictReached)
    return NeighboursRead(judged.at, judged.run_id, judged.at - timedelta(days=1), (), complete=True)


def _moved(state: AppState, place: Place, *events: Event) -> AppState:
    return fold(state, PlaceOpened(NOW, place), *events)


def _cells(bench: Bench) -> set[str]:
    cells = bench.window.findChildren(QWidget)
    names = [cell.accessibleName() for cell in cells if cell.objectName().startswith("cell_")]
    return {name.rpartition(": ")[2] for name in names}


def _claims(bench: Bench) -> set[str]:
    panel = bench.find(Card, "claims_panel")
    words = {"supported", "refuted", "untested"}
    return {label.text() for label in panel.findChildren(QLabel) if label.text() in words}


def _show(bench: Bench, state: AppState) -> None:
    for page in (1, 2, 3, 0):
        bench.window.show_page(page)
        bench.show(state)


@pytest.mark.case("L1", "R11")
def test_that_a_profile_that_cannot_sign_in_shows_nothing_of_the_lab(bench: Bench) -> None:
    at_home = fold(seeded(), *_runs())
    _show(bench, at_home)
    assert bench.text("verdict_word") == "PASS"
    assert "PASS" in _cells(bench)
    _show(bench, _moved(at_home, NOBODY, REFUSED))
    assert bench.text("verdict_word") == "–"
    assert _cells(bench) == {"not run yet", "not in the matrix"}
    assert _claims(bench) == {"untested"}
    assert bench.text("banner_mark") == "AWS"
    assert bench.text("banner_place") == "No connection"
    assert not [card.objectName() for card in bench.window.findChildren(Card) if card.lab_mark.isVisibleTo(card)]
    for name in ("instances_table", "sessions_table"):
        assert "Reading" not in bench.find(WholeRows, name).empty_text, "nothing is being read"
        assert REFUSED.error in bench.find(WholeRows, name).empty_text


@pytest.mark.case("L1")
@pytest.mark.parametrize(
    "elsewhere", [AWS, Place(account_id=AccountId("999999999999"), region=REGION), ON_INSTANCE, EMULATOR]
)
def test_that_runs_of_another_place_are_in_the_history_only_and_open_as_such(bench: Bench, elsewhere: Place) -> None:
    state = fold(_moved(seeded(), elsewhere), *_runs(LAB))
    if not elsewhere.lab:
        url = f"http://{elsewhere.endpoint}" if elsewhere.endpoint else ""
        state = fold(state, replace(WHO, account_id=elsewhere.account_id, endpoint_url=url))
    _show(bench, state)
    assert bench.text("banner_mark") == ("LAB" if elsewhere.lab else elsewhere.endpoint or "AWS")
    table = bench.find(QTableView, "history_table")
    assert {table.model().index(row, 9).data() for row in range(table.model().rowCount())} == {"LAB · default"}
    assert _cells(bench) == {"not run yet", "not in the matrix"}
    bench.workbench.orders.of_runs.open_run_here(next(iter(state.runs)))
    bench.show(state)
    assert bench.text("verdict_word") == "PASS"
    assert bench.text("verdict_elsewhere") == "Made elsewhere: LAB · default"
    assert bench.find(QWidget, "verdict_elsewhere").isVisible()
    for name in ("verdict_panel_lab", "timeline_panel_lab", "recording_panel_lab"):
        assert bench.find(QWidget, name).isVisible(), name


@pytest.mark.case("L2")
def test_that_two_scenarios_in_one_folder_have_a_matrix_and_claims_each(bench: Bench) -> None:
    both = fold(seeded(), *_runs(ON_INSTANCE))
    _show(bench, both)
    assert _claims(bench) == {"untested"}
    assert bench.text("verdict_word") == "–"
    _show(bench, _moved(both, ON_INSTANCE))
    assert "PASS" in _cells(bench)
    assert "supported" in _claims(bench)
    assert bench.find(Card, "matrix_panel").subtitle.whole == "Scenario recorder-on-instance"


@pytest.mark.case("L2")
def test_that_a_run_whose_place_was_not_recorded_supports_nothing_and_says_so(bench: Bench) -> None:
    _show(bench, fold(seeded(), *_runs(None)))
    assert _claims(bench) == {"untested"}
    table = bench.find(QTableView, "history_table")
    assert table.model().index(0, 9).data() == "LAB · place not recorded"


@pytest.mark.case("L2", "L4")
@pytest.mark.parametrize(
    ("place", "said"),
    [(None, "LAB · place not recorded"), (ON_INSTANCE, "Made elsewhere: LAB · recorder-on-instance")],
)
def test_that_the_verdict_of_another_place_is_in_view_in_the_smallest_window(
    bench: Bench, place: Place | None, said: str
) -> None:
    bench.window.resize(1180, 700)
    bench.window.show()
    state = fold(seeded(), *_runs(place))
    bench.show(state)
    bench.workbench.orders.of_runs.open_run_here(next(iter(state.runs)))
    bench.show(state)
    assert bench.text("verdict_elsewhere") == said
    area, word = bench.find(QScrollArea, "verdict_scroll"), bench.find(QLabel, "verdict_word")
    bench.window.experiment.disruptions.show_hint("fin-web-01 is stopped. Start it and wait until SSM is Online.")
    QApplication.processEvents()
    assert word.text() == "PASS"
    assert word.mapTo(area.viewport(), word.rect().bottomLeft()).y() <= area.viewport().height()


@pytest.mark.case("L1")
def test_that_lab_stands_on_every_card_of_the_lab(bench: Bench) -> None:
    _show(bench, fold(seeded(), *_runs()))
    unmarked = [card.objectName() for card in bench.window.findChildren(Card) if not card.lab_mark.isVisibleTo(card)]
    # The film's stand-in says it in words, the history in its rows; no console picture is shown.
    assert sorted(unmarked) == ["film_panel", "history_panel", "live_card", "pictures_panel"]
    assert bench.text("banner_place").startswith("Scenario default")


@pytest.mark.case("L1")
def test_that_a_status_of_the_lab_is_not_said_of_a_session_elsewhere_with_the_same_id(bench: Bench) -> None:
    events = run_events("r1")
    own = next(event.session for event in events if isinstance(event, SessionAttached))
    bench.show(_moved(fold(seeded(), *events), AWS, SessionsObserved(NOW, (own,))))
    said = bench.find(QTableView, "sessions_table").model().index(0, 3).data()
    assert said == "Unknown", "as of a session that no run watched: nothing was read of its recording there"


@pytest.mark.case("V13")
def test_that_the_observed_access_type_decides_the_row_and_the_claim_and_the_plan_is_said(bench: Bench) -> None:
    state = seeded()
    for number, disruption_id in enumerate(ARTICLE_DISRUPTIONS):
        for event in run_events(f"r{number}", disruption_id, AccessType.STANDARD):
            if isinstance(event, SessionAttached | SessionLeftActive):
                event = replace(event, session=replace(event.session, access_type=AccessType.JUST_IN_TIME))
            state = fold(state, event)
    _show(bench, state)
    assert bench.find(QWidget, "cell_os-shutdown_Standard").accessibleName().endswith("not run yet")
    assert bench.find(QWidget, "cell_os-shutdown_JustInTime").accessibleName().endswith("PASS")
    table = bench.find(QTableView, "history_table")
    assert table.model().index(0, 2).data() == "JustInTime (planned: Standard)"
    from rdpgui.core.judging.claims import ClaimId, ClaimResult, judge_claims

    by_id = {claim.claim_id: claim for claim in judge_claims(state.runs_here)}
    assert by_id[ClaimId.C4].result is ClaimResult.UNTESTED
    assert by_id[ClaimId.C4].supporting == ()


def test_that_places_are_named_in_japanese(bench: Bench) -> None:
    set_language("ja")
    bench.workbench.retranslate()
    _show(bench, _moved(fold(seeded(), *_runs(None)), NOBODY))
    table = bench.find(QTableView, "history_table")
    assert table.model().index(0, 9).data() == "LAB · 場所の記録なし"


@pytest.mark.case("L1")
@pytest.mark.parametrize("way", ["banner", "settings", "palette"])
def test_that_another_place_is_chosen_from_banner_settings_and_palette(bench: Bench, way: str) -> None:
    bench.window.scenarios = ("default", "recorder-on-instance")
    bench.show(seeded())
    match way:
        case "banner":
            bench.press("banner_change_place")
        case "settings":
            bench.window.actions_by_name["settings"].trigger()
            assert bench.dialog("settings_dialog").findChild(QLabel, "settings_place_name").text() == "LAB · default"
            bench.dialog("settings_dialog").place.click()
        case _:
            bench.window.actions_by_name["place"].trigger()
    dialog = bench.dialog("place_dialog")
    assert bench.commands.orders[-1][0] == "list_profiles"
    dialog.profile.setText(" work ")
    dialog.region.setEditText("eu-west-1")
    dialog.findChild(QPushButton, "place_open").click()
    assert bench.commands.orders[-1] == ("switch_place", PlaceChoice("aws", "work", "eu-west-1", "default"))


@pytest.mark.case("L1")
def test_that_leaving_a_place_lets_go_of_choices_dialogs_and_messages(bench: Bench) -> None:
    bench.show(fold(armed(seeded()), *_runs()))
    bench.workbench.orders.of_runs.open_run_here(next(iter(bench.workbench.looked.state.runs)))
    bench.notifications.say(Tone.WARN, "Something of the lab.")
    bench.press("disrupt_os-shutdown")
    confirm = bench.dialog("confirm_dialog")
    bench.workbench.forget_place()
    assert not confirm.isVisible()
    assert bench.commands.orders == []
    state = bench.window.ui_state
    assert (state.run_id, state.session_id, state.instance_id) == (None, None, None)
    assert not bench.find(QWidget, "notice_bar").isVisible()


@pytest.mark.case("L1", "L2")
def test_that_the_history_can_be_filtered_by_place(bench: Bench) -> None:
    bench.window.show_page(3)
    bench.show(fold(seeded(), *_runs(LAB), *_runs(ON_INSTANCE)))
    table, place = bench.find(QTableView, "history_table"), bench.find(QComboBox, "history_place")
    assert table.model().rowCount() == 16
    assert [place.itemText(n) for n in range(3)] == ["All places", "LAB · default", "LAB · recorder-on-instance"]
    place.setCurrentIndex(2)
    assert table.model().rowCount() == 8
    assert table.model().index(0, 9).data() == "LAB · recorder-on-instance"


def test_that_runs_are_archived_and_after_a_question_deleted(bench: Bench) -> None:
    bench.window.show_page(3)
    state = fold(seeded(), *run_events("a"), *run_events("b"))
    bench.show(state)
    table = bench.find(QTableView, "history_table")
    table.selectRow(0)
    run_id = table.selected_key()
    bench.press("history_archive")
    assert tuple(bench.commands.orders[-1]) == ("archive_runs", [run_id], True)
    bench.press("history_delete")
    assert bench.commands.orders[-1][0] == "archive_runs"
    bench.dialog("delete_dialog").findChild(QPushButton, "delete_go").click()
    assert bench.commands.orders[-1][1:] == ([run_id],)
    bench.show(fold(state, RunArchived(NOW, RunId(str(run_id)), True, "ann")))
    assert table.model().rowCount() == 1
    bench.find(QCheckBox, "history_archived").setChecked(True)
    assert table.model().rowCount() == 2


def test_that_the_runs_to_delete_are_named_on_a_line_each(bench: Bench) -> None:
    dialog = DeleteDialog(["first", "second"], wastebasket=True, parent=bench.window)
    assert "first\nsecond" in [label.text() for label in dialog.findChildren(QLabel)]


def test_that_a_run_under_way_can_be_neither_archived_nor_deleted(bench: Bench) -> None:
    bench.window.show_page(3)
    bench.show(fold(seeded(), *run_events("a")[:8]))
    bench.find(QTableView, "history_table").selectRow(0)
    for name in ("history_archive", "history_delete"):
        assert not bench.find(QPushButton, name).isEnabled()


@pytest.mark.case("L1")
def test_that_orders_to_an_account_say_that_nobody_is_signed_in_instead_of_asking_to_wait(bench: Bench) -> None:
    scope = TaskScope(bench.notifications.bug, bench.notifications.bug)
    for state in (_moved(seeded(), NOBODY), _moved(seeded(), NOBODY, REFUSED)):
        assert Workplace(scope, Store(state), bench.notifications, Settings()).ready() is None
    assert [notice.remedy for notice in bench.notifications.kept] == [
        "Wait a moment.",
        "Sign in, or open another place from the top line, and try again.",
    ]


@pytest.mark.case("L2")
@pytest.mark.parametrize("column", [0, 1, 2, 3])
def test_that_the_instances_can_be_told_apart_in_the_smallest_window(bench: Bench, column: int) -> None:
    bench.window.resize(1180, 700)
    bench.window.show()
    bench.show(seeded())
    table = bench.find(QTableView, "instances_table")
    assert table.sizeHintForColumn(column) <= table.columnWidth(column)
