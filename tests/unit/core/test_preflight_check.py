"""One line of the preflight: what blocks, what it says, and what the file it names is for."""

from __future__ import annotations

import pytest

from rdpgui.core.preflight import PreflightCheck, Severity


def _check(severity: Severity = Severity.BLOCK, held: bool | None = False, **more: object) -> PreflightCheck:
    return PreflightCheck("bucket-policy", severity, held, "{bucket} is open.", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("held", [True, False, None])
def test_that_only_what_is_known_not_to_hold_blocks(severity: Severity, held: bool | None) -> None:
    """What could not be checked may hold: it is said, and stands in nobody's way."""
    assert _check(severity, held).blocks is (severity is Severity.BLOCK and held is False)


@pytest.mark.parametrize(
    ("file", "helps"),
    [
        ("", ""),
        ("resources/iam/observe.json", "The policy to attach"),
        ("iam/observe.json", "The policy to attach"),
        ("/opt/rdpgui/resources/iam/observe.json", "The policy to attach"),
        ("resources/cloudformation/experiment.yaml", "The template that sets"),
        ("resources/siam/experiment.yaml", "The template that sets"),
        ("resources/iam/parts/experiment.yaml", "The template that sets"),
        ("iam", "The template that sets"),
    ],
)
def test_that_a_file_is_named_for_what_it_is(file: str, helps: str) -> None:
    found = _check(file=file).helps
    assert found.startswith(helps) and bool(found) is bool(file)
    assert ("{file}" in found) is bool(file)


@pytest.mark.parametrize("bucket", ["films", "{bucket}", "%s", "{0}", "ふぃるむ", ""])
def test_that_a_name_stands_in_the_text_as_it_is(bucket: str) -> None:
    assert _check(fields=(("bucket", bucket),)).shown() == f"{bucket} is open."
