"""``rdpgui judge``: the verdict on a run, derived again from its journal alone by the rules of this version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from rdpgui.app.evidence import gone_from
from rdpgui.app.run_folders import JOURNAL_NAME
from rdpgui.app.terminal import say, say_json
from rdpgui.core.errors import RdpguiError, StorageError
from rdpgui.core.judged_anew import JudgedAnew, Lack, judge_journal
from rdpgui.core.objects_before import OBJECTS_NAME
from rdpgui.core.standing import FILM_GONE, as_kept
from rdpgui.files import read_whole
from rdpgui.i18n import N_, _, fill, retell
from rdpgui.report.model import check_line, run_place, sentence, verdict_name

EXIT_HOLDS = 0
EXIT_DOES_NOT_HOLD = 1
EXIT_UNREADABLE = 2
CUT_OFF = Lack("cut-off", N_("its last line, which was cut off"))


def main(target: Path, *, as_json: bool) -> int:
    """Print the verdict; exit status 0 when the one written then holds, 1 when not, 2 for an unreadable journal."""
    path = journal_path(target)
    try:
        judged, lacks = judge_run(path)
    except RdpguiError as error:
        what = f"{retell(error.template.format(**error.fields))} {fill(error.remedy, error.fields)}".strip()
        say(what if str(path) in what else f"{path}: {what}", error=True)
        return EXIT_UNREADABLE
    if as_json:
        say_json(to_json(judged, lacks))
    else:
        for line in told(judged, lacks):
            say(line)
    return EXIT_HOLDS if judged.holds else EXIT_DOES_NOT_HOLD


def judge_run(target: Path) -> tuple[JudgedAnew, tuple[Lack, ...]]:
    """Return the verdict on a run, and what its file lacks beside what its events lack. Blocking: for a worker thread.

    Raises:
        StorageError, JournalDamaged: its journal cannot be read or trusted.
    """
    lines, lacks = read_lines(journal_path(target))
    judged = judge_journal(lines, objects_beside(journal_path(target)))
    return replace(judged, run=as_kept(judged.run, gone_from(journal_path(target).parent, judged.run))), lacks


def objects_beside(path: Path) -> bytes | None:
    """Return the file beside a journal that lists what lay in the bucket before, None when there is none."""
    try:
        return read_whole(path.with_name(OBJECTS_NAME))
    except OSError:  # then it is named as lacking
        return None


def journal_path(target: Path) -> Path:
    """Return the journal that was meant: of a folder the one in it."""
    try:
        return target / JOURNAL_NAME if target.is_dir() else target
    except OSError:  # nobody may look there: reading it says why
        return target


def read_lines(path: Path) -> tuple[tuple[str, ...], tuple[Lack, ...]]:
    """Return the complete lines of a journal, and what of the file is none.

    Raises:
        StorageError: it cannot be read.
    """
    try:
        text = read_whole(path).decode("ascii", errors="backslashreplace")
    except OSError as error:
        raise StorageError(
            N_("{path} cannot be read: {reason}."),
            N_("Name the folder of a run, or its journal.jsonl."),
            path=path,
            reason=error.strerror or error,
        ) from error
    whole, _end, rest = text.rpartition("\n")
    return tuple(whole.splitlines()), (CUT_OFF,) if rest else ()


def to_json(judged: JudgedAnew, lacks: tuple[Lack, ...] = ()) -> dict[str, Any]:
    """Return the verdict as JSON; its texts are English, like those of the journal."""
    return {
        "run": judged.run.run_id,
        "place": judged.run.place.key if judged.run.place is not None else None,
        "lab": judged.run.plan.lab,
        "verdict": judged.verdict.value.value,
        "checks": [
            {"id": check.check_id.value, "result": check.result.value, "cause": check.cause, "text": check.text()}
            for check in judged.verdict.checks
        ],
        "written": judged.written.value.value if judged.written is not None else None,
        "written_by": judged.program_version,
        "holds": judged.holds is True,
        "films_here": all(film.path for film in judged.run.saved) if judged.run.saved else None,
        "lacking": [{"id": lack.lack_id, "text": lack.text} for lack in (*judged.lacks, *lacks)],
    }


def headline(judged: JudgedAnew) -> str:
    """Return both verdicts in one sentence."""
    if judged.written is None:
        text = _("Judged again with this version: {verdict}. No verdict was written then.")
        return text.format(verdict=verdict_name(judged.verdict.value))
    if judged.holds:
        text = _("Judged again with this version: {verdict}. The verdict written then still holds.")
    else:
        text = _("Judged again with this version: {verdict}. The verdict written then, {written}, does not hold.")
    return text.format(verdict=verdict_name(judged.verdict.value), written=verdict_name(judged.written.value))


def remarks(judged: JudgedAnew, lacks: tuple[Lack, ...] = ()) -> list[str]:
    """Return what else went into the verdict, and what could not because the journal lacks it."""
    lines = []
    if judged.said_since:
        lines.append(_("A person's answer that came after the written verdict is taken into account."))
    missing = [_(lack.text) for lack in (*judged.lacks, *lacks)]
    if missing:
        lines.append(_("The journal does not say: {missing}.").format(missing=_("; ").join(missing)))
    return lines


def reasons(judged: JudgedAnew, lacks: tuple[Lack, ...] = ()) -> list[str]:
    """Return in short why it is no PASS, and the remarks."""
    decisive = judged.verdict.decisive
    return ([check_line(decisive).text] if decisive is not None else []) + remarks(judged, lacks)


def told(judged: JudgedAnew, lacks: tuple[Lack, ...] = ()) -> list[str]:
    """Return everything for a person, line by line: the checks, and which of them were told otherwise then."""
    lines = [f"{run_place(judged.run)} · {judged.run.run_id}: {headline(judged)}"]
    for check in judged.verdict.checks:
        line, then = check_line(check), judged.written_check(check)
        lines.append(f"  {line.mark} {line.name}: {line.text}")
        if then is not None and (then.result, then.cause) != (check.result, check.cause):
            written = check_line(then)
            lines.append("    " + _("written then: {mark} {text}").format(mark=written.mark, text=written.text))
    statement = judged.run.statement
    if statement is not None and statement.evidence and statement.evidence[0].text == FILM_GONE:
        lines.append(sentence(FILM_GONE, statement.evidence[0].fields))
    return lines + remarks(judged, lacks)
