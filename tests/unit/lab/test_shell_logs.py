"""Logs of shells in the lab: sent by the node, at the shell's end or while it goes on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rdpgui.lab.moto.backend import backend_of
from rdpgui.lab.moto.seam import MotoSeam
from rdpgui.lab.scenario import InstanceSpec, ShellLogRules
from rdpgui.lab.scenario_people import Deed, Moment, PersonAct
from rdpgui.lab.world.sessions import SHELL_DOCUMENT
from rdpgui.lab.world.shell_logs import LOG_GROUP
from tests.helpers.world_kit import REGION, Kit, make_kit

With = Callable[..., Kit]
PUT: Counter[str] = Counter()
BOTH = ShellLogRules(bucket=True, log_group=True, streamed=True, every_s=2.0, upload_s=1.0)


@pytest.fixture
def with_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[With]:
    """Return a kit of one instance that is up, with these preferences of shells."""
    made: list[Kit] = []
    PUT.clear()
    really = MotoSeam.call

    def call(seam: MotoSeam, service: str, operation: str, /, **params: Any) -> dict[str, Any]:
        if operation == "PutLogEvents":
            PUT[params["logStreamName"]] += len(params["logEvents"])
        return really(seam, service, operation, **params)

    monkeypatch.setattr(MotoSeam, "call", call)

    def make(rules: ShellLogRules) -> Kit:
        kit = make_kit(tmp_path, fleet=(InstanceSpec("web"),), shell_log=rules)
        made.append(kit)
        kit.up(kit.ids["web"])
        return kit

    yield make
    for kit in made:
        kit.world.close()


def refusal(kit: Kit, deed: Deed) -> str:
    return kit.world.people.act(PersonAct(Moment.SEEDED, deed, "operator"), kit.ids["web"])


def do(kit: Kit, deed: Deed) -> None:
    assert refusal(kit, deed) == ""


def opened(kit: Kit) -> str:
    """Open a shell and let it go on for 5 s; returns its session."""
    do(kit, Deed.OPEN_SHELL)
    session = kit.world.sessions.list(active=True)[0]
    assert session.document_name == SHELL_DOCUMENT
    kit.timeline.advance(5)
    return session.session_id


def inputs(kit: Kit) -> dict[str, Any]:
    content = kit.seam.call("ssm", "GetDocument", Name=SHELL_DOCUMENT, DocumentFormat="JSON")["Content"]
    return dict(json.loads(content)["inputs"])


def keys(kit: Kit) -> list[str]:
    return kit.seam.s3.keys(inputs(kit)["s3BucketName"])


def events(kit: Kit, session_id: str) -> int:
    """How many events were put into the stream of a session; its time here is too long ago for moto to keep them."""
    streams = backend_of("logs")[kit.seam.account_id][REGION].groups[LOG_GROUP].streams
    return PUT[session_id] if session_id in streams else 0


def test_that_a_shell_that_is_left_in_order_has_its_log_in_s3_and_one_that_is_cut_off_only_in_the_stream(
    with_logs: With,
) -> None:
    kit = with_logs(BOTH)
    left = opened(kit)
    assert (keys(kit), events(kit, left)) == ([], 3)
    do(kit, Deed.CLOSE_SHELL)
    kit.timeline.advance(2)
    assert (keys(kit), events(kit, left)) == ([f"shells/{left}.log"], 3)
    cut = opened(kit)
    do(kit, Deed.STOP_INSTANCE)
    kit.down(kit.ids["web"], "shutdown")
    kit.timeline.advance(20)
    assert (keys(kit), events(kit, cut)) == ([f"shells/{left}.log"], 4)
    assert cut in [session.session_id for session in kit.world.sessions.list(active=False)]


def test_that_a_log_that_is_not_streamed_is_in_the_group_after_an_end_in_order_only(with_logs: With) -> None:
    kit = with_logs(ShellLogRules(log_group=True, every_s=2.0, upload_s=1.0))
    left = opened(kit)
    assert events(kit, left) == 0
    do(kit, Deed.CLOSE_SHELL)
    kit.timeline.advance(2)
    cut = opened(kit)
    kit.world.instances.cut_power(kit.ids["web"])
    kit.timeline.advance(20)
    assert (events(kit, left), events(kit, cut)) == (3, 0)


def test_that_the_counterfactual_keeps_what_is_cut_off(with_logs: With) -> None:
    kit = with_logs(ShellLogRules(bucket=True, kept_on_shutdown=True))
    cut = opened(kit)
    kit.world.instances.cut_power(kit.ids["web"])
    kit.timeline.advance(5)
    assert keys(kit) == [f"shells/{cut}.log"]


@pytest.mark.logs("cannot close-shell")
def test_that_nobody_leaves_a_shell_that_is_not_open(with_logs: With) -> None:
    assert "has no shell" in refusal(with_logs(BOTH), Deed.CLOSE_SHELL)
