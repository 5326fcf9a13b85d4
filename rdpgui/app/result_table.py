"""The article's table of a matrix for the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rdpgui.core.plain import one_line
from rdpgui.i18n import _, retell
from rdpgui.report.model import access_name, check_line, disruption_name, gap_text, run_access, verdict_name
from rdpgui.runner.matrix import Matrix, Row, RowStatus


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as columns, wide characters counted as two; a foreign text makes no row of its own."""
    rows = [[one_line(cell, 0) for cell in row] for row in rows]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _reason(row: Row) -> str:
    """Return why it is no PASS: the check that decided; the report has them all."""
    verdict = row.run.verdict if row.run else None
    decisive = verdict.decisive if verdict else None
    return check_line(decisive).text if decisive else retell(row.error)


def result_table(matrix: Matrix) -> list[str]:
    """Return the lines of the article's table of this matrix for the terminal."""
    rows = [[_("Disruption"), _("Access"), _("Verdict"), _("Shutdown gap"), _("Reasons")]]
    for row in matrix.rows:
        if row.status is RowStatus.SKIPPED:
            continue
        verdict = row.run.verdict if row.run else None
        rows.append(
            [
                disruption_name(row.plan.disruption_id),
                run_access(row.run) if row.run else access_name(row.plan.access_type),
                verdict_name(verdict.value if verdict else None),
                gap_text(row.run) if row.run else "–",
                _reason(row),
            ]
        )
    return _table(rows)
