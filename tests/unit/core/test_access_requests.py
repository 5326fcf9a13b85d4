"""Access requests: a word that is not known allows nothing, and a node is what is one, wherever it is named."""

from __future__ import annotations

import pytest

from rdpgui.core.access_requests import AccessRequest, Deed, Standing, refusal_of
from rdpgui.core.ids import AccessRequestId

NODE, OTHER, HYBRID = "i-0aaaaaaaaaaaaaaaa", "i-0bbbbbbbbbbbbbbbb", "mi-0123456789abcdef0"
PENDING, GRANTED, OVER, UNKNOWN = Standing.PENDING, Standing.GRANTED, Standing.OVER, Standing.UNKNOWN

WORDS = {
    # SSM AccessRequestStatus
    "Pending": PENDING,
    "Approved": GRANTED,
    "Rejected": OVER,
    "Revoked": OVER,
    "Expired": OVER,
    # SSM OpsItemStatus
    "PendingApproval": PENDING,
    "Open": PENDING,
    "InProgress": PENDING,
    "TimedOut": OVER,
    "Cancelled": OVER,
    "Cancelling": OVER,
    "Failed": OVER,
    "Closed": OVER,
    "Resolved": OVER,
    "CompletedWithSuccess": UNKNOWN,
    "CompletedWithFailure": UNKNOWN,
    "Scheduled": UNKNOWN,
    "RunbookInProgress": UNKNOWN,
    "PendingChangeCalendarOverride": UNKNOWN,
    "ChangeCalendarOverrideApproved": UNKNOWN,
    "ChangeCalendarOverrideRejected": UNKNOWN,
    # what AWS may add, and what is none of its words
    "ApprovedByPolicy": UNKNOWN,
    "approved": UNKNOWN,
    "Approved ": UNKNOWN,
    "PENDING": UNKNOWN,
    "": UNKNOWN,
}
ALLOWED = {
    PENDING: {Deed.APPROVE, Deed.REJECT, Deed.WITHDRAW},
    GRANTED: {Deed.REVOKE},
    OVER: set[Deed](),
    UNKNOWN: set[Deed](),
}


def _request(status: str = "Pending", title: str = "", **said: str) -> AccessRequest:
    return AccessRequest(AccessRequestId("oi-0123456789ab"), status, title=title, said=tuple(said.items()))


@pytest.mark.parametrize(("word", "standing"), WORDS.items())
def test_that_only_what_fits_a_known_word_can_be_done(word: str, standing: Standing) -> None:
    request = _request(word)
    assert request.standing is standing
    assert {deed for deed in Deed if not refusal_of(request, deed)} == ALLOWED[standing]


@pytest.mark.parametrize("deed", list(Deed))
def test_that_what_was_approved_is_taken_back_by_revoking_it_and_by_nothing_else(deed: Deed) -> None:
    """Withdrawing stops the execution, which is over by then; approving again would be another decision."""
    why = refusal_of(_request("Approved"), deed)
    assert (why == "") is (deed is Deed.REVOKE)
    assert why in ("", "The request is not pending.")
    assert refusal_of(_request("Rejected"), Deed.REVOKE) == "Only what was approved can be revoked."


@pytest.mark.parametrize(
    ("deed", "word", "call"),
    [
        (Deed.APPROVE, "Approve", "ssm:SendAutomationSignal"),
        (Deed.REJECT, "Reject", "ssm:SendAutomationSignal"),  # SignalType; a page of AWS's says Deny
        (Deed.REVOKE, "Revoke", "ssm:SendAutomationSignal"),
        (Deed.WITHDRAW, "Withdraw", "ssm:StopAutomationExecution"),
    ],
)
def test_that_a_deed_is_one_call_by_aws_s_word(deed: Deed, word: str, call: str) -> None:
    assert (deed.value, deed.action) == (word, call)


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        (NODE, [NODE]),
        ("i-12345678", ["i-12345678"]),
        (HYBRID, [HYBRID]),
        (f'["{NODE}", "{OTHER}"]', [NODE, OTHER]),
        (f"arn:aws:ec2:us-east-1:111122223333:instance/{NODE}", [NODE]),
        (f"arn:aws:ssm:us-east-1:111122223333:managed-instance/{HYBRID}.", [HYBRID]),
        (f"Access to {NODE}: {NODE}, {NODE}", [NODE]),
        (f"{OTHER} then {NODE}", [OTHER, NODE]),
        (f"{NODE}への接続", [NODE]),
        (f"サーバー{NODE}を再起動", [NODE]),
        (f"（{NODE}）", [NODE]),
        # What only holds such letters is another thing.
        ("ami-0123456789abcdef0", []),
        ("eni-0123456789abcdef0", []),
        ("oi-0123456789ab", []),
        ("x-i-0123456789abcdef0", []),
        ("i-0123456789abcdef0-x", []),
        ("i-0123456789abcdefg", []),
        ("i-1234567", []),
        ("I-0123456789ABCDEF0", []),
        (f"i-{'0' * 41}", []),
        ("", []),
    ],
)
def test_that_a_node_is_found_wherever_it_is_named(text: str, nodes: list[str]) -> None:
    assert list(_request(title=text).targets) == nodes
    assert list(_request(**{"accessrequest.targets": text}).targets) == nodes


def test_that_every_node_that_is_named_anywhere_is_a_target() -> None:
    """Of two nobody may choose one for the person who decides."""
    request = _request(title=f"Access to {NODE}", targets=OTHER, again=NODE, none="")
    assert list(request.targets) == [NODE, OTHER]


def test_that_the_name_of_a_value_is_no_node() -> None:
    assert _request(**{NODE: "yes"}).targets == ()
