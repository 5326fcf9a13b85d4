"""From runs of one experiment to its plots and the sentence about them, each place apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdpgui.core.judging.series import Measure, Measured, spread_of
from rdpgui.core.place import AT_SERVICE, ON_INSTANCE, Place, place_from_key
from rdpgui.core.verdict import VerdictValue
from rdpgui.i18n import N_, _, joined, ngettext
from rdpgui.ui import labels
from rdpgui.ui.plots.strip import Plot, Series

NAMES = {
    AT_SERVICE: N_("Recorder at the service"),
    ON_INSTANCE: N_("Counterfactual: recorder on the instance, uploads finished 300 s pieces"),
}
_TITLES = {
    Measure.GAP: N_("Shutdown gap"),
    Measure.PROCESSING: N_("Processing time"),
    Measure.LOST: N_("Seconds lost"),
}
_HINTS = {
    Measure.GAP: N_("Session end − film end; a run without a film has none"),
    Measure.PROCESSING: N_("From the session's end until its recording was seen in S3"),
    Measure.LOST: N_("Of the session, not in any film; all of it where no film came"),
}


@dataclass(frozen=True, slots=True)
class SeriesView:
    """Plots, and what they say in a sentence for each place."""

    plots: tuple[Plot, ...]
    said: str


def place_title(key: str) -> str:
    """Return what the runs of a place stand for."""
    place = place_from_key(key)
    if place is not None and place.scenario in NAMES:
        return _(NAMES[place.scenario])
    return labels.place_name(place, lab=place is not None and place.lab)


def compared_keys(here: Place | None) -> tuple[str, ...]:
    """Return the places whose runs are shown: in the lab both places of the recorder, else the one that is open."""
    if here is None:
        return ()
    if not here.lab:
        return (here.key,)
    return tuple(dict.fromkeys((Place(scenario=AT_SERVICE).key, here.key, Place(scenario=ON_INSTANCE).key)))


def series_view(runs: Mapping[str, Sequence[Measured]]) -> SeriesView:
    """Return plots and sentence; ``runs`` by the key of their place, places without runs left out."""
    told = {key: some for key, some in runs.items() if some}
    plots = tuple(_plot(measure, told) for measure in Measure) if told else ()
    said = "\n".join(_sentence(key, some) for key, some in told.items())
    return SeriesView(plots, said or _("No run of this experiment yet."))


def _plot(measure: Measure, runs: Mapping[str, Sequence[Measured]]) -> Plot:
    series = []
    for key, some in runs.items():
        values = tuple(value for run in some if (value := run.value(measure)) is not None)
        place = place_from_key(key)
        counterfactual = place is not None and place.scenario == ON_INSTANCE
        series.append(Series(place_title(key), values, spread_of(some, measure), counterfactual))
    return Plot(_(_TITLES[measure]), _(_HINTS[measure]), tuple(series))


def _sentence(key: str, runs: Sequence[Measured]) -> str:
    counts = {value: sum(run.verdict is value for run in runs) for value in VerdictValue}
    told = ", ".join(f"{count} {labels.word(value)}" for value, count in counts.items() if count)
    count = len(runs)
    text = ngettext("{place}: {n} run, {verdicts}.", "{place}: {n} runs, {verdicts}.", count)
    text = text.format(place=place_title(key), n=count, verdicts=told)
    lost = spread_of(runs, Measure.LOST)
    if lost is None:
        return text
    return joined(text, _("Lost of a session: {seconds} s in the median.").format(seconds=f"{lost.median:.2f}"))
