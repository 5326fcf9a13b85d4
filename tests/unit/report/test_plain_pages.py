"""A report is opened in a browser: nothing that came from outside is a tag, an address or a control there."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rdpgui.core.ids import RunId
from rdpgui.core.run_events import FilmSaved
from rdpgui.core.state import AppState
from rdpgui.core.verdict import VerdictValue
from rdpgui.report.html import href, matrix_html, run_html
from tests.helpers.hostile_text import ACTS, HOSTILE, poisoned
from tests.ui.snapshots import fold, run_events

pytestmark = pytest.mark.case("L11")


class _Tags(HTMLParser):
    """Collects every start tag with its attributes, as a browser sees them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))


def test_that_nothing_foreign_is_a_tag_an_address_or_a_control() -> None:
    events = [poisoned(event) for event in run_events(value=VerdictValue.FAIL)]
    at = next(place for place, event in enumerate(events) if isinstance(event, FilmSaved))
    saved = events[at]
    assert isinstance(saved, FilmSaved)
    events[at] = replace(saved, path='javascript:alert(1)#"><script>')
    run = fold(AppState(), *events).runs[RunId("r1")]
    for page in (run_html(run), matrix_html([run], {"r1": '//evil.example/"x'}, title=HOSTILE)):
        tags = _Tags(page).tags
        assert not ACTS.search(page)
        assert "evil.example" in page
        assert [tag for tag, _ in tags if tag in ("h1", "script", "b", "iframe")].count("h1") == 1
        assert not [tag for tag, _ in tags if tag in ("script", "iframe")]
        attributes = [pair for _tag, pairs in tags for pair in pairs]
        addresses = [value or "" for name, value in attributes if name in ("href", "src")]
        assert addresses
        assert [a for a in addresses if ":" in a or "#" in a or a.startswith("/")] == []
        assert [name for name, _value in attributes if name.startswith("on")] == []
        policy = [value for name, value in attributes if name == "content" and value and "script-src" in value]
        assert policy


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("film.mp4", "film.mp4"),
        ("runs/20260101/last frame.png", "runs/20260101/last%20frame.png"),
        ("//evil.example/x", "evil.example/x"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("財務.mp4", "%E8%B2%A1%E5%8B%99.mp4"),
        ("\\\\server\\share", "%5C%5Cserver%5Cshare"),
    ],
)
def test_that_an_address_stays_in_the_runs_folder(path: str, address: str) -> None:
    assert href(path) == address
