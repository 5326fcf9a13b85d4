"""The dialog in which a place is chosen: profiles of the AWS files, Regions, another endpoint, the lab."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rdpgui.core.access import CredentialKind, ProfileLine
from rdpgui.core.ids import Region
from rdpgui.core.regions import RegionOptIn
from rdpgui.core.settings import Settings
from rdpgui.ui.commands import PlaceChoice
from rdpgui.ui.dialogs.place import PlaceDialog
from tests.ui.conftest import Bench
from tests.ui.snapshots import seeded

SOON = datetime.now(UTC) + timedelta(hours=7)
PROFILES = (
    ProfileLine("sandbox-audit", CredentialKind.SSO, region="ap-northeast-1", account="sandbox", sso=True),
    ProfileLine("ops-admin", CredentialKind.ASSUME_ROLE, mfa=True, region="eu-west-1", account="123456789012"),
    ProfileLine("held", CredentialKind.SSO, sso=True, held_until=SOON, used_at=datetime.now(UTC)),
    ProfileLine("ci", CredentialKind.PROCESS),
)


def _opened(bench: Bench) -> PlaceDialog:
    bench.show(seeded())
    bench.press("banner_change_place")
    dialog: PlaceDialog = bench.dialog("place_dialog")
    assert bench.commands.orders[-1] == ("list_profiles",)
    bench.workbench.replies.show_profiles(PROFILES)
    return dialog


def _cells(dialog: PlaceDialog, column: int) -> list[str]:
    model = dialog.table.model()
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def test_that_profiles_are_listed_with_kind_account_and_what_has_to_be_done(bench: Bench) -> None:
    dialog = _opened(bench)
    assert _cells(dialog, 0)[0] == "held", "what was used last stands first"
    shown = dict(
        zip(_cells(dialog, 0), zip(_cells(dialog, 1), _cells(dialog, 2), _cells(dialog, 3), strict=True), strict=True)
    )
    assert shown["sandbox-audit"] == ("SSO", "sandbox", "sign-in needed")
    assert shown["ops-admin"] == ("assumed role + MFA", "123456789012", "asks for a code")
    assert shown["held"][2].endswith("left")
    assert shown["ci"] == ("credential_process", "not seen yet", "–")


def test_that_a_chosen_profile_is_opened_with_its_own_region_or_another(bench: Bench) -> None:
    dialog = _opened(bench)
    dialog.profile.setText("sand")
    assert _cells(dialog, 0) == ["sandbox-audit"]
    dialog.table.selectRow(0)
    assert bench.text("place_region_hint") == "ap-northeast-1"
    bench.press("place_open")
    assert bench.commands.orders[-1] == ("switch_place", PlaceChoice("aws", "sandbox-audit", "", "default"))


@pytest.mark.case("P10")
def test_that_a_region_that_is_none_is_refused_in_the_dialog_unless_the_endpoint_is_another(bench: Bench) -> None:
    dialog = _opened(bench)
    dialog.region.setEditText("tokyo")
    bench.press("place_open")
    assert dialog.isVisible()
    assert "ap-northeast-1" in bench.text("place_why_not")
    bench.press("place_show_endpoint_url")
    dialog.endpoint_url.setText("http://127.0.0.1:4566")
    dialog.region.setEditText("local")
    bench.press("place_open")
    choice = bench.commands.orders[-1][1]
    assert (choice.region, choice.endpoint_url) == ("local", "http://127.0.0.1:4566")
    assert choice.put_into(Settings()).region == "local"


def test_that_every_partition_is_listed_and_the_lab_is_one_click_away(bench: Bench) -> None:
    dialog = _opened(bench)
    codes = {dialog.region.itemData(row) for row in range(dialog.region.count())}
    assert {"ap-northeast-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-iso-east-1"} <= codes
    bench.press("place_open_lab")
    assert bench.commands.orders[-1] == ("switch_place", PlaceChoice("lab", "", "", "default"))


def test_that_regions_are_marked_that_the_account_of_the_chosen_profile_may_not_use(bench: Bench) -> None:
    bench.workbench.show_settings(PlaceChoice("aws", "ci", "", "default").put_into(Settings()))
    dialog = _opened(bench)
    hong_kong = dialog.region.findData("ap-east-1")
    plain = dialog.region.itemText(hong_kong)
    dialog.region.setCurrentIndex(hong_kong)
    known = {"us-east-1": "opt-in-not-required", "ap-east-1": "not-opted-in", "xx-new-1": "later"}
    bench.workbench.replies.show_opt_in("ci", {Region(name): RegionOptIn(word) for name, word in known.items()})
    marked = [row for row in range(dialog.region.count()) if "not enabled" in dialog.region.itemText(row)]
    assert marked == [hong_kong]
    assert dialog.region.findData("xx-new-1") > 0
    assert bench.text("place_region_hint") == "not enabled for this account"
    bench.press("place_open")
    assert bench.commands.orders[-1] == ("switch_place", PlaceChoice("aws", "ci", "ap-east-1", "default"))
    dialog = _opened(bench)
    bench.workbench.replies.show_opt_in("ci", {Region("ap-east-1"): RegionOptIn.NOT_OPTED_IN})
    dialog.table.selectRow(_cells(dialog, 0).index("held"))
    assert dialog.region.itemText(hong_kong) == plain, "nothing is known of the account of another profile"


@pytest.mark.case("P10")
def test_that_the_lab_is_one_click_away_from_an_endpoint_with_a_region_of_its_own(bench: Bench) -> None:
    elsewhere = PlaceChoice("aws", "work", "local", "default", "http://127.0.0.1:4566").put_into(Settings())
    bench.workbench.show_settings(elsewhere)
    _opened(bench)
    bench.press("place_open_lab")
    settings = bench.commands.orders[-1][1].put_into(elsewhere)
    assert (settings.endpoint, settings.profile, settings.region, settings.endpoint_url) == ("lab", "work", "", "")


def test_that_files_that_cannot_be_read_say_why_where_the_profiles_would_be(bench: Bench) -> None:
    dialog = _opened(bench)
    bench.workbench.replies.show_profiles((), "The file x may not be read.")
    assert dialog.table.empty_text == "The file x may not be read."
