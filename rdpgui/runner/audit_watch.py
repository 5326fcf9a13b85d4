"""Asking the audit log why a recording does not come; slowly, and only when it is late.

The log lags minutes behind and shows no data events, so what it says is evidence, and its silence is none.
"""

from __future__ import annotations

from rdpgui.core.errors import AccessDenied, AwsError, NotOffered
from rdpgui.core.texts import N_
from rdpgui.runner.run_context import RunContext

PAUSE_SHARE = 0.25
"""Pause between two looks, as a share of the longest usual processing time."""

LEAST_PAUSE_S = 2.0


async def watch_denials(run: RunContext) -> None:
    """Look for refused calls of the service principal since the session began, once the usual time has passed."""
    session, left_at = run.state.session, run.state.first_left_at
    if session is None or left_at is None:
        return
    longest_s = run.timing.recording_usual_s[1]
    pause_s = max(LEAST_PAUSE_S, longest_s * PAUSE_SHARE)
    waited_s = (run.now() - left_at).total_seconds()
    await run.ports.clock.sleep(max(0.0, longest_s - waited_s))
    failed = False
    while True:
        try:
            run.denials = await run.ports.audit.denials(session.started_at) or run.denials
        except AwsError as error:
            if not failed:
                run.note("info", N_("Reading {topic} failed: {error}"), topic="CloudTrail", error=error.text())
            failed = True
            if isinstance(error, AccessDenied | NotOffered):
                return
        await run.ports.clock.sleep(pause_s)
