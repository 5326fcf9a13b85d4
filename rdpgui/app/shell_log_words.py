"""What was found of shells' logs, for a person and for a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rdpgui.core.judging.claims import Claim, ClaimResult
from rdpgui.core.judging.shell_logs import TO_BE_SEEN, was_cut_off, why_it_counts
from rdpgui.core.place import Place
from rdpgui.core.shell_log import Finding, LogDestination, LogKind, LogLooks, ShellContrast, ShellLogSettings
from rdpgui.core.texts import C_
from rdpgui.i18n import N_, _, in_context, retell

_RESULTS = {
    ClaimResult.SUPPORTED: N_("supported"),
    ClaimResult.REFUTED: N_("refuted"),
    ClaimResult.UNTESTED: N_("untested"),
}


def _yes(value: bool | None) -> str:
    if value is None:
        return _("not said")
    return in_context(C_("fact", "yes") if value else C_("fact", "no"))


def settings_lines(settings: ShellLogSettings | None) -> list[str]:
    """Return the preferences of shells for a person."""
    if settings is None:
        return [_("Preferences of shells were never saved here: no log of a shell is kept.")]
    lines = []
    if not settings.logged:
        lines.append(_("The preferences of shells name neither a bucket nor a log group: no logging."))
    if settings.bucket:
        where = f"s3://{settings.bucket}/{settings.prefix}"
        text = _("Shells log to {where} at their end; only an encrypted bucket: {encrypted}.")
        lines.append(text.format(where=where, encrypted=_yes(settings.bucket_encrypted)))
    if settings.log_group:
        text = _("Shells log to the group {group}; streamed: {streamed}; only an encrypted group: {encrypted}.")
        encrypted = _yes(settings.group_encrypted)
        lines.append(text.format(group=settings.log_group, streamed=_yes(settings.streamed), encrypted=encrypted))
    text = _("This version does not know what {name} = {value} means.")
    return lines + [text.format(name=name, value=value) for name, value in settings.odd]


def contrast_lines(contrast: ShellContrast, all_here: Sequence[ShellContrast]) -> list[str]:
    """Return what was found of one shell's log, and what that says of the claim."""
    end = contrast.end
    text = _("Shell {session} on {instance}: {status}; the instance: {state} {reason}")
    lines = [
        text.format(
            session=contrast.session_id,
            instance=contrast.target,
            status=end.status or "–",
            state=end.state or "–",
            reason=end.reason,
        ).rstrip()
    ]
    lines += [f"  {_how(looks.destination)}  {looks.destination.text}: {found(looks)}" for looks in contrast.looked]
    return [*lines, f"  {_(why_it_counts(contrast, all_here))}"]


def _how(destination: LogDestination) -> str:
    if destination.streamed is None:
        return _("streamed or at the end")
    return _("streamed") if destination.streamed else _("at the end")


def found(looks: LogLooks) -> str:
    """Return what is known of a log at one destination."""
    match looks.finding:
        case Finding.THERE:
            return _there(looks)
        case Finding.NOT_THERE:
            return _("not there after {n} looks in {s:.0f} s").format(n=looks.answered, s=looks.over_s)
        case Finding.UNREADABLE:
            return _("cannot be read: {error}").format(error=retell(looks.error))
        case _:
            return _("not looked for yet")


def _there(looks: LogLooks) -> str:
    log = looks.found
    if log is None:
        return ""
    at = f"{log.newest_at:%Y-%m-%d %H:%M:%SZ}" if log.newest_at is not None else "–"
    if looks.destination.kind is LogKind.S3:
        return _("there, {n} bytes, written {at}").format(n=log.size, at=at)
    count = f"≥ {log.size}" if log.more else str(log.size)
    return _("there, {n} events, the newest of {at}").format(n=count, at=at)


def claim_lines(claim: Claim, place: Place) -> list[str]:
    """Return what the shells of this place say of the claim; whoever copies it takes along whether it was the lab."""
    where = f"LAB · {place.scenario}" if place.lab else place.key
    lines = [where, f"C6 {_(_RESULTS[claim.result])}: {_(claim.text)}"]
    if claim.missing and claim.result is not ClaimResult.REFUTED:
        names = _(", ").join(_(TO_BE_SEEN[name]) for name in claim.missing)
        lines.append(_("Still to be seen here: {names}").format(names=names))
    return lines


def settings_json(settings: ShellLogSettings | None) -> dict[str, object] | None:
    """Return the preferences for a program, None when they were never saved."""
    if settings is None:
        return None
    return {
        "bucket": settings.bucket,
        "prefix": settings.prefix,
        "log_group": settings.log_group,
        "streamed": settings.streamed,
        "bucket_encrypted": settings.bucket_encrypted,
        "group_encrypted": settings.group_encrypted,
        "session_key": settings.session_key,
        "saved_at": _iso(settings.saved_at),
        "not_known": dict(settings.odd),
    }


def contrast_json(contrast: ShellContrast, all_here: Iterable[ShellContrast]) -> dict[str, object]:
    """Return one shell for a program; sentences are English."""
    end = contrast.end
    return {
        "session": contrast.session_id,
        "instance": contrast.target,
        "started_at": _iso(contrast.started_at),
        "ended_at": _iso(end.ended_at),
        "status": end.status,
        "agent_version": contrast.agent_version,
        "instance_state": end.state,
        "instance_reason": end.reason,
        "stop_ordered_at": _iso(end.stop_ordered_at),
        "cut_off": was_cut_off(contrast)[0],
        "counts": why_it_counts(contrast, all_here),
        "settings": settings_json(contrast.settings),
        "looked": [_looks_json(looks) for looks in contrast.looked],
    }


def _looks_json(looks: LogLooks) -> dict[str, object]:
    log = looks.found
    return {
        "kind": looks.destination.kind.value,
        "where": looks.destination.text,
        "streamed": looks.destination.streamed,
        "finding": looks.finding.value,
        "looks": looks.answered,
        "failed": looks.failed,
        "over_s": round(looks.over_s, 1),
        "size": log.size if log is not None else None,
        "newest_at": _iso(log.newest_at) if log is not None else None,
        "error": looks.error,
    }


def claim_json(claim: Claim) -> dict[str, object]:
    """Return the claim for a program."""
    return {
        "id": claim.claim_id.value,
        "result": claim.result.value,
        "supporting": list(claim.supporting),
        "refuting": list(claim.refuting),
        "missing": list(claim.missing),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
