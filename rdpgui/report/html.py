"""HTML reports: one run, or a table of runs like the article's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from rdpgui import __version__
from rdpgui.core.plain import visible
from rdpgui.core.state import RunState
from rdpgui.i18n import _, language
from rdpgui.report.model import clock, run_report, sorted_for_table


def templates() -> Path:
    """Return the folder of the templates."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_resources" / "report"
    return installed if installed.is_dir() else package.parent / "resources" / "report"


@pass_context
def _plain(context: Context, value: object) -> object:
    """Return what a template writes, as written: controls of terminals and of writing direction do nothing."""
    return visible(context["named"](value), 0) if type(value) is str else value


def _as_named(text: str) -> str:
    """Return a text with its real names."""
    return text


def href(path: str) -> str:
    """Return a path of the run's folder as an address: never another scheme, host or fragment."""
    return quote(path.lstrip("/"))


@lru_cache(maxsize=2)
def _environment(code: str) -> Environment:
    """Return the environment of a language, kept: compiling a template takes longer than filling it in."""
    environment = Environment(
        loader=FileSystemLoader(templates()), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        finalize=_plain,
    )  # fmt: skip
    environment.filters["href"] = href
    environment.globals.update(_=_, language=code, version=__version__, named=_as_named, shown=False)
    return environment


def run_html(run: RunState) -> str:
    """Return the report of one run; film and stills are linked beside it."""
    return _environment(language()).get_template("run.html.j2").render(run=run_report(run))


def shown_html(run: RunState, named: Callable[[str], str], *, last_frame: str, witness: str) -> str:
    """Return the report of one run for others: the pictures are copies beside it, the film stays where it is.

    Args:
        run: the run.
        named: puts invented names into a text.
        last_frame: file beside the report, empty without one.
        witness: as ``last_frame``.
    """
    report = replace(run_report(run), film="", last_frame=last_frame, witness=witness)
    return _environment(language()).get_template("run.html.j2").render(run=report, named=named, shown=True)


def matrix_html(runs: Sequence[RunState], folders: Mapping[str, str], *, title: str) -> str:
    """Return the table of several runs with their last frames.

    Args:
        runs: the runs in any order.
        folders: run id -> folder of the run, relative to where this report is written.
        title: heading, in the reader's language.
    """
    ordered = sorted_for_table(runs)
    reports = [run_report(run, folder=folders.get(run.run_id, "")) for run in ordered]
    lab = any(report.lab for report in reports)
    places = list(dict.fromkeys(report.place for report in reports))
    started = clock(min((run.started_at for run in runs), default=None))
    return (
        _environment(language())
        .get_template("matrix.html.j2")
        .render(runs=reports, title=title, lab=lab, places=places, started=started)
    )
