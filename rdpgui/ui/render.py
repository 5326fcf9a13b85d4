"""From a snapshot to the panels: one method per part, each cheap when its part did not change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from rdpgui.core.account_events import Topic
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import RunId
from rdpgui.core.instance import InstanceState
from rdpgui.core.judging.summary import summarise
from rdpgui.core.run_events import Source
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.shown_log import log_of
from rdpgui.core.standing import run_sight, seen_until, topic_sight
from rdpgui.core.state import RunState, Stale
from rdpgui.core.testimony import may_testify, may_withdraw
from rdpgui.i18n import _, fill, retell
from rdpgui.ui import formats, labels
from rdpgui.ui.film_port import FilmView, Marker
from rdpgui.ui.lanes import lanes_of
from rdpgui.ui.looked_at import LookedAt, why_no_film
from rdpgui.ui.models.aging import Aging
from rdpgui.ui.models.instances import instance_name
from rdpgui.ui.models.runs import unfinished
from rdpgui.ui.refusals import is_only_observed, refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.panels.claims import ClaimsPanel
    from rdpgui.ui.panels.history import HistoryPanel
    from rdpgui.ui.panels.matrix import MatrixPanel

_TICK_MS = 500
_AGING_MS = 1000
_MATRIX, _CLAIMS, _HISTORY = 1, 2, 3


class Renderer(LookedAt):
    """Renders the newest snapshot into the window."""

    def __init__(self, window: MainWindow, film: FilmView, run_folder: Callable[[RunId], Path | None]) -> None:
        super().__init__(window, film, run_folder)
        self._film_zero_at: datetime | None = None
        self._shown_film: tuple[RunId, tuple[Path, ...]] | None = None
        self._why_no_film = ""
        self._matrix_progress = (0, 0, False)
        self.matrix: MatrixPanel | None = None
        self.claims: ClaimsPanel | None = None
        self.history: HistoryPanel | None = None
        self._last: dict[str, tuple[object, ...]] = {}
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._render_timeline)
        # Words age without any event: that nothing was read is what no event tells.
        self._aging = QTimer(self)
        self._aging.setInterval(_AGING_MS)
        self._aging.timeout.connect(self._on_aging)
        self._aging.start()
        film.position_changed.connect(self._on_film_position)
        film.frame_changed.connect(self._render_witness)

    # -- rendering -------------------------------------------------------------

    def force(self) -> None:
        """Render everything again, whether it changed or not."""
        self._last.clear()
        self.render()

    def render(self) -> None:
        """Show the newest snapshot."""
        self._asked.difference_update(self.state.runs)
        if self.wanted_run_id is not None:
            self.whole([self.wanted_run_id])
        self._look_for_files()
        self._choose_instance()
        self._render_places()
        self._render_banner()
        self._render_lists()
        self._render_experiment()
        self._render_run()
        self._render_by_hand()
        self._render_pages()

    def _on_aging(self) -> None:
        if not self._window.isVisible():
            return
        now, state = self._window.moment(), self.state
        live = tuple(topic_sight(state, topic, now).live for topic in Topic)
        seen = tuple(run_sight(state, run, source, now).live for run in state.active_runs for source in Source)
        armed = state.arming is not None and state.arming.holds_at(now.at)
        if self._changed("live", live, seen, armed):
            self.render()

    def _changed(self, part: str, *values: object) -> bool:
        """Say whether a part has to be rendered again; compares by identity first, so unchanged snapshots are free."""
        last = self._last.get(part, ())
        # Kept even when they are equal: what is compared by value today is the same object tomorrow.
        self._last[part] = values
        return len(last) != len(values) or not all(a is b or a == b for a, b in zip(last, values, strict=True))

    def _choose_instance(self) -> None:
        """Before a person has chosen: the armed target, else a running instance that may be disrupted."""
        ui_state, instances, arming = self._window.ui_state, self.state.instances, self.state.arming
        if not instances or ui_state.instance_id in instances:
            return
        if arming is not None and arming.instance_id in instances:
            ui_state.instance_id = arming.instance_id
            return
        key, _sep, value = self._window.settings.allow_tag.partition("=")
        running = [i for i in instances.values() if i.state is InstanceState.RUNNING]
        allowed = [i for i in running if not key or i.tag(key) == value]
        # In EC2's order, which in the lab is the scenario's: the star of a demonstration stands first, not "ad-01".
        ui_state.instance_id = next(iter(allowed or running or instances.values())).instance_id

    def _render_places(self) -> None:
        """LAB stands on every card of the lab: by the run's place on what shows a run, else by what is looked at."""
        page, run, here = self._window.experiment, self.run, self.state.place
        lab_here, lab_run = here is not None and here.lab, run is not None and run.plan.lab
        if not self._changed("places", here, lab_run, run and run.place, self.matrix, self.claims):
            return
        for card in (page.instances, page.sessions, page.disruptions, page.preflight):
            card.show_lab(lab_here)
        page.log.show_lab(lab_run if run is not None else lab_here)  # it shows the run's lines
        for shows_run in (page.recording, page.verdict, page.timeline):
            shows_run.show_lab(lab_run)
        for panel in (self.matrix, self.claims):
            if panel is not None:
                panel.show_lab(lab_here)
                panel.subtitle.set_whole(labels.place_name(here, lab=lab_here) if here is not None else "")
        elsewhere = run is not None and (here is None or not here.holds(run.place))
        place = labels.run_place(run) if run is not None else ""
        if not elsewhere and run is not None and run.place is not None and lab_run:
            place = run.place.scenario  # LAB stands beside it
        page.verdict.show_place(place, elsewhere=elsewhere, recorded=run is None or run.place is not None)

    def _render_banner(self) -> None:
        state, banner = self.state, self._window.banner
        aged_at = self._sight(Topic.IDENTITY).aged_at
        if self._changed("identity", state.place, state.identity, state.stale.get(Topic.IDENTITY), aged_at):
            problem = " ".join(self._stale(Topic.IDENTITY)[1].splitlines())
            banner.show_place(state.place, state.identity, problem, aged_at)
        if self._changed("arming", state.arming, state.emergency, state.instances if state.arming else None):
            name = self.name_of(state.arming.instance_id) if state.arming else ""
            banner.show_arming(state.arming, name, latched=state.emergency)

    def _render_lists(self) -> None:
        state, page, ui_state = self.state, self._window.experiment, self._window.ui_state
        if self._changed("instances", state.instances, state.nodes, Topic.INSTANCES in state.observed_at):
            page.instances.show_instances(state.instances, state.nodes, known=Topic.INSTANCES in state.observed_at)
        page.instances.select(ui_state.instance_id)
        aged_at = self._sight(Topic.INSTANCES).aged_at
        if self._changed("stale-i", self._stale_of(Topic.INSTANCES), aged_at, state.nodes_known):
            page.instances.show_aging(Aging(aged_at, state.nodes_known))
            page.instances.show_stale(*self._stale(Topic.INSTANCES))
        aged_at = self._sight(Topic.SESSIONS).aged_at
        if self._changed("stale-s", self._stale_of(Topic.SESSIONS), aged_at):
            page.sessions.show_aging(Aging(aged_at))
            page.sessions.show_stale(*self._stale(Topic.SESSIONS))
        statements = tuple(self.as_seen(run).statement for run in state.runs.values() if run.is_open)
        known, gone = Topic.SESSIONS in state.observed_at, self.films_gone
        if self._changed("sessions", state.sessions, self.line_of_session, statements, state.instances, known, gone):
            page.sessions.show_sessions(state.sessions, self.name_of, self.statements(), known=known)
        run = self.run
        session = run.session if run is not None and ui_state.session_id is None else None
        page.sessions.select(session.session_id if session else ui_state.session_id)
        if self._changed("log", state.log, run and run.log, run and run.run_id, len(state.history)):
            page.log.show_lines(log_of(state, run))
            page.log.subtitle.set_whole(
                "" if run is None else f"{labels.run_name(run)} · {formats.clock(run.started_at)}"
            )

    def _stale_of(self, topic: Topic) -> Stale | None:
        """Return why a list cannot be read: where nobody could sign in, nothing is being read either."""
        state = self.state
        unread = state.identity is None and topic not in state.observed_at
        return state.stale.get(topic) or (state.stale.get(Topic.IDENTITY) if unread else None)

    def _stale(self, topic: Topic) -> tuple[str, str]:
        stale, aged_at = self._stale_of(topic), self._sight(topic).aged_at
        text = "" if aged_at is None else _("seen {time}").format(time=formats.clock(aged_at))
        if stale is None:
            last = "" if aged_at is None else _("last seen at {time}").format(time=formats.clock(aged_at))
            return text, f"{last}\n{_('Nothing has been read since then.')}" if text else ""
        if topic in self.state.observed_at:  # before that, why stands in the rows' place
            text = text or _("stale since {time}").format(time=formats.clock(stale.since_at))
        return text, f"{retell(stale.error)}\n{retell(stale.remedy)}".strip()

    def _render_experiment(self) -> None:
        window, state, panel = self._window, self.state, self._window.experiment.disruptions
        now = window.now()
        instance_id = window.ui_state.instance_id
        refused = refusals(state, instance_id, now, window.settings.allow_tag)
        instance = state.instances.get(instance_id) if instance_id else None
        running = bool(state.active_runs)
        armed = state.arming is not None and state.arming.instance_id == instance_id and state.arming.holds_at(now)
        startable = instance is not None and instance.state is InstanceState.STOPPED
        done = self._done_notes()
        name = instance_name(instance) if instance else ""
        may_arm = not running or is_only_observed(state, instance_id)
        hint = self._run_hint() if running else ""
        shown = (refused, done, name, armed, running, startable, may_arm, hint, window.ui_state.access_type)
        if not self._changed("experiment", *shown):
            return
        panel.show_access_type(window.ui_state.access_type)
        panel.show_target(name, armed=armed, running=running, startable=startable, may_arm=may_arm)
        panel.show_refusals(refused.disruptions, done, connect=refused.connect, arm=None if armed else refused.arm)
        if running:
            text = hint
        elif refused.common is None:
            text = _("Choose a disruption. It connects, disrupts, waits for the recording and judges it.")
        else:
            text = refused.common.sentence
        panel.show_hint(text)
        self._enable_actions(running=running, can_connect=refused.connect is None, refused=set(refused.disruptions))

    def _run_hint(self) -> str:
        run = self.state.active_runs[-1]
        text = _("Run under way: {phase}").format(phase=labels.doing(run))
        progress = run.progress
        if progress is not None and progress.total:
            share = round(100 * progress.done / progress.total)
            text += " · " + _("{work} {share} %").format(work=fill(progress.work), share=share)
        return text

    def _enable_actions(self, *, running: bool, can_connect: bool, refused: set[DisruptionId]) -> None:
        actions = self._window.actions_by_name
        actions.set_enabled("connect", can_connect)
        actions.set_enabled("abort", running, _("No run is under way"))
        for disruption_id in DisruptionId:
            actions.set_enabled(disruption_id.value, disruption_id not in refused)
        actions.set_enabled("emergency-reset", self.state.emergency)
        actions.set_enabled("lab-faults", self.state.place is not None and self.state.place.lab)

    def _done_notes(self) -> dict[DisruptionId, str]:
        run = self.run
        intent = run.disruption_intent if run is not None else None
        if run is None or intent is None or run.plan.instance_id != self._window.ui_state.instance_id:
            return {}
        return {run.plan.disruption_id: _("done {time}").format(time=formats.clock(intent.at))}

    def _render_by_hand(self) -> None:
        state, chosen = self.state, self._window.ui_state
        armed = state.arming is not None and state.arming.holds_at(self._window.now())
        seen = (state.runs, state.sessions, state.instances, state.identity, state.place, state.emergency)
        if self._changed("by hand", *seen, state.arming, armed, chosen.instance_id, chosen.session_id, self.run):
            self._window.orders.by_hand.render(state)
        if self._changed("matrix start", state.emergency, state.identity, self.matrix):
            refused = self._matrix_refused()
            self._window.actions_by_name.set_enabled("matrix-start", not refused, refused)
            if self.matrix is not None:
                self.matrix.show_start(refused)

    def _matrix_refused(self) -> str:
        if self.state.emergency:
            return _("The emergency stop is on. Reset it first.")
        if self.state.identity is None:
            return _("No account is known yet: wait for the connection, or choose another profile in Settings.")
        return ""

    def _render_run(self) -> None:
        page = self._window.experiment
        run = self.as_seen(self.run) if self.run is not None else None
        if self._changed("verdict", run):
            page.verdict.show_run(run, self.still_of(run) if run else None)
            page.recording.show_statement(run.statement if run else None, may_enter=run is not None)
            page.recording.witness.show_run(run, self.witness_of(run) if run else None)
            self._render_film(run)
        self._render_witness()
        self._render_timeline()
        if run is not None and run.active:
            self._tick.start()
        else:
            self._tick.stop()

    def _render_witness(self) -> None:
        """Let a person say what is seen only while it is seen, and take it back until the next run."""
        run, actions = self.run, self._window.actions_by_name
        can_say = run is not None and may_testify(run) and self.frame_of_run() is not None
        can_undo = run is not None and may_withdraw(self.state, run)
        if not self._changed("witness", can_say, can_undo):
            return
        self._window.experiment.verdict.show_witness(can_say=can_say, can_undo=can_undo)
        for name in ("see-yes", "see-no"):
            actions.set_enabled(name, can_say, _("Only while this run's film is on screen"))
        actions.set_enabled("see-undo", can_undo, _("There is nothing that can be taken back"))

    def _render_film(self, run: RunState | None) -> None:
        films = self.films_of(run) if run else ()
        if run is None or not films:
            why = why_no_film(run)
            if self._shown_film is not None or why != self._why_no_film:
                self._film.clear(why)
                self._window.experiment.timeline.show_playhead(None)
            self._shown_film, self._why_no_film = None, why
            return
        starts = [film.starts_at for film in films if film.starts_at is not None]
        offset = timedelta(seconds=run.film_offset_s)
        self._film_zero_at = min(starts) + offset if starts else None
        shown = (run.run_id, tuple(film.path for film in films))
        if self._shown_film == shown:
            self._film.set_offset(films[0].path, run.film_offset_s)
            return
        self._shown_film, self._why_no_film = shown, ""
        lanes, _line = lanes_of(run, self._window.now())
        self._film.show_films(films, lab=run.plan.lab, adjusted_s=run.film_offset_s)
        markers: list[Marker] = [(mark.at, mark.text, mark.tone.value) for lane in lanes for mark in lane.marks]
        self._film.set_markers(markers)
        self._film.seek_end()

    def _render_timeline(self) -> None:
        run, panel = self.run, self._window.experiment.timeline
        if run is None:
            panel.show_lanes("", (), None, None)
            return
        if not run.active and not self._changed("timeline", run):
            return
        name = self.name_of(run.plan.instance_id)
        kind = f"{labels.run_name(run)} × {labels.access_name(run)}"
        now = self._window.moment()
        lanes, line = lanes_of(run, now.at, seen_until(self.state, run, now))
        air = max(timedelta(seconds=0.5), (line.end_at - line.begin_at) / 50)
        panel.show_lanes(f"{name} · {kind}", lanes, line.begin_at - air, line.end_at + air)

    def _on_film_position(self, position_s: float) -> None:
        at = None if self._film_zero_at is None else self._film_zero_at + timedelta(seconds=position_s)
        self._window.experiment.timeline.show_playhead(at)

    def let_go_of(self, run_ids: Sequence[RunId]) -> None:
        """Close what is shown of runs that are about to be deleted."""
        run = self.run
        if run is not None and run.run_id in run_ids:
            self._film.clear()
        if self._window.ui_state.run_id in run_ids:
            self._window.ui_state.select_run(None)

    # -- the other pages -------------------------------------------------------

    def show_matrix_progress(self, done: int, total: int, *, running: bool) -> None:
        """Keep and show how far the matrix is."""
        self._matrix_progress = (done, total, running)
        if self.matrix is not None:
            self.matrix.show_progress(done, total, running=running)

    def ensure_page(self, place: int) -> None:
        """Build a page when it is first shown."""
        from rdpgui.ui.pages import build_page

        build_page(self, self._window, place)

    def _render_pages(self) -> None:
        shown = self._window.pages.currentIndex()
        if shown == _MATRIX and self.matrix is not None:
            self._render_matrix(self.matrix)
        if shown == _HISTORY and self.history is not None:
            lines = self.state.history
            now = {run_id: lines[run_id]._replace(film_gone=True) for run_id in self.films_gone if run_id in lines}
            now |= {run.run_id: self._line_now(run) for run in self.state.runs.values() if run.is_open}
            if self._changed("history", self.state.history, now):
                self.history.show_runs(self.state.history, now)
        if shown == _CLAIMS and self.claims is not None and self._changed("claims", self.lines_here):
            self._render_claims(self.claims)

    def _line_now(self, run: RunState) -> RunSummary:
        """Return the line of a run without an end as it may be told now; what nobody carries on is unfinished."""
        line = summarise(self.as_seen(run))
        return line if run.active else unfinished(line)

    def _render_matrix(self, matrix: MatrixPanel) -> None:
        newest = matrix.newest(self.lines_here)
        runs = self.whole(list(newest.values()))
        if runs is None:
            return
        seen = tuple(self.as_seen(run) for run in runs)
        if self._changed("matrix", seen):
            matrix.show_runs(dict(zip(newest, seen, strict=True)), self.still_of)
            done, total, running = self._matrix_progress
            matrix.show_progress(done, total, running=running)

    def _render_claims(self, claims: ClaimsPanel) -> None:
        from rdpgui.ui.claim_views import claim_views

        unread = sum(line.needs_reading for line in self.lines_here)
        claims.show_claims(claim_views(self.lines_here))
        claims.show_unread(unread)
        if unread:
            self._window.commands.look_into_runs()
