"""Where logs of shells go, in one sentence: every setting has its own, and no field of it is left out."""

from __future__ import annotations

from itertools import product

from rdpgui.core.shell_log import ShellLogSettings, where_shells_log


def test_that_every_setting_of_shells_has_its_own_sentence() -> None:
    found = {}
    for bucket, group, streamed in product(("", "logs"), ("", "group-1"), (True, False, None)):
        text, fields = where_shells_log(ShellLogSettings(bucket, "shells", group, streamed))
        told = text.format(**dict(fields))
        assert ("s3://logs/shells" in told) is bool(bucket) and ("group-1" in told) is bool(group)
        found[bucket, group, streamed if group else None] = told
    never, _fields = where_shells_log(None)
    assert len({never, *found.values()}) == len(found) + 1
