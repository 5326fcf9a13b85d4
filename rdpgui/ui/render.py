"""From a snapshot to what is shown of the account: one method per part, each cheap when its part did not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpgui.core.access import EnvironmentTone, environment_tone
from rdpgui.core.account_events import IdentityObserved, Topic
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.instance import InstanceState
from rdpgui.core.shown_log import log_of
from rdpgui.core.state import AppState, Stale, Waits
from rdpgui.i18n import _, fill, ngettext, retell
from rdpgui.ui import formats, labels
from rdpgui.ui.models.aging import Aging
from rdpgui.ui.models.instances import instance_name
from rdpgui.ui.refusals import is_only_observed, refusals

if TYPE_CHECKING:
    from rdpgui.ui.changes import Changes
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.watched_sessions import WatchedSessions


def _environment_of(identity: IdentityObserved | None, rules: str) -> EnvironmentTone | None:
    """Return the colour that the person's rules give to who is signed in."""
    if identity is None or identity.lab:
        return None
    alias = identity.access.alias if identity.access is not None else ""
    return environment_tone(rules, alias, identity.account_id, identity.profile)


class Renderer:
    """Renders what belongs to the account: who is signed in, its instances and sessions, and what may be done.

    Args:
        window: its banner, experiment page and actions. looked: the newest snapshot, and what of it is looked at.
        changes: what was rendered last. watched: what is said of sessions without a run.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, changes: Changes, watched: WatchedSessions) -> None:
        self._window = window
        self._looked = looked
        self._watched = watched
        self._changed = changes.changed

    @property
    def _state(self) -> AppState:
        return self._looked.state

    def render(self) -> None:
        """Show the newest snapshot."""
        self._choose_instance()
        self._render_places()
        self._render_banner()
        self._render_lists()
        self._render_experiment()

    def _choose_instance(self) -> None:
        """Before a person has chosen: the armed target, else a running instance that may be disrupted."""
        ui_state, instances, arming = self._window.ui_state, self._state.instances, self._state.arming
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
        page, run, here = self._window.experiment, self._looked.run, self._state.place
        lab_here, lab_run = here is not None and here.lab, run is not None and run.plan.lab
        alone = self._watched.chosen is not None
        if not self._changed("places", here, lab_run, run and run.place, alone):
            return
        page.show_lab(lab_here, lab_run if run is not None else None)
        page.recording.show_lab(lab_here if alone else lab_run)
        elsewhere = run is not None and (here is None or not here.holds(run.place))
        place = labels.run_place(run) if run is not None else ""
        if not elsewhere and run is not None and run.place is not None and lab_run:
            place = labels.place_beside_mark(run.place)
        page.verdict.show_place(place, elsewhere=elsewhere, recorded=run is None or run.place is not None)

    def _render_banner(self) -> None:
        state, banner = self._state, self._window.banner
        aged_at = self._looked.sight(Topic.IDENTITY).aged_at
        rules = self._window.settings.environment_rules
        if self._changed("identity", state.place, state.identity, state.stale.get(Topic.IDENTITY), aged_at, rules):
            waits_only = state.identity is None and Topic.IDENTITY not in state.stale
            problem = "" if waits_only else " ".join(self._stale(Topic.IDENTITY)[1].splitlines())
            told_below = state.sign_in_need is not None
            banner.show_place(state.place, state.identity, problem, aged_at, told_below=told_below)
            banner.show_environment(_environment_of(state.identity, rules))
        waits, lab = state.waits.get(Topic.IDENTITY), state.place is not None and state.place.lab
        waits = waits if state.identity is None and not lab else None
        need = None if lab else state.sign_in_need
        if self._changed("sign in", waits, need):
            self._window.sign_in.show_sign_in(waits, need)
        armings = state.armings
        if self._changed("arming", armings, state.emergency, state.instances if armings else None):
            names = tuple(self._looked.name_of(arming.instance_id) for arming in armings)
            banner.show_arming(armings, names, latched=state.emergency)

    def _render_lists(self) -> None:
        state, page, ui_state = self._state, self._window.experiment, self._window.ui_state
        known, whole = Topic.INSTANCES in state.observed_at, state.rest_at is not None
        if self._changed("instances", state.instances, state.nodes, known, whole):
            page.instances.show_instances(state.instances, state.nodes, known=known, whole=whole)
        page.instances.select(ui_state.instance_id)
        aged_at = self._looked.sight(Topic.INSTANCES).aged_at
        if self._changed("stale-i", self._why(Topic.INSTANCES), aged_at, state.nodes_known):
            page.instances.show_aging(Aging(aged_at, state.nodes_known, state.rows_read, state.rest_at))
            page.instances.show_stale(*self._stale(Topic.INSTANCES))
        aged_at = self._looked.sight(Topic.SESSIONS).aged_at
        if self._changed("stale-s", self._why(Topic.SESSIONS), aged_at):
            page.sessions.show_aging(Aging(aged_at))
            page.sessions.show_stale(*self._stale(Topic.SESSIONS))
        statements = tuple(self._looked.as_seen(run).statement for run in state.runs.values() if run.is_open)
        known, gone = Topic.SESSIONS in state.observed_at, self._looked.films_gone
        if self._changed(
            "sessions", state.sessions, self._looked.line_of_session, statements, state.instances, known, gone
        ):
            page.sessions.show_sessions(state.sessions, self._looked.name_of, self._looked.statements(), known=known)
        if self._watched.renew() or self._changed("said", self._watched):
            page.sessions.show_said(self._watched.statement_of)
        run = self._looked.run
        session = run.session if run is not None and ui_state.session_id is None else None
        page.sessions.select(session.session_id if session else ui_state.session_id)
        if self._changed("log", state.log, run and run.log, run and run.run_id, len(state.history)):
            page.log.show_lines(log_of(state, run))
            page.log.show_subtitle("" if run is None else f"{labels.run_name(run)} · {formats.clock(run.started_at)}")

    def _why(self, topic: Topic) -> tuple[Stale | None, Waits | None]:
        return self._stale_of(topic), self._waits_of(topic)

    def _waits_of(self, topic: Topic) -> Waits | None:
        """Return what a list waits for: before anybody is signed in, all of them wait for that."""
        state = self._state
        unread = state.identity is None and topic not in state.observed_at
        return state.waits.get(topic) or (state.waits.get(Topic.IDENTITY) if unread else None)

    def _stale_of(self, topic: Topic) -> Stale | None:
        """Return why a list cannot be read: where nobody could sign in, nothing is being read either."""
        state = self._state
        unread = state.identity is None and topic not in state.observed_at
        return state.stale.get(topic) or (state.stale.get(Topic.IDENTITY) if unread else None)

    def _stale(self, topic: Topic) -> tuple[str, str]:
        stale, aged_at = self._stale_of(topic), self._looked.sight(topic).aged_at
        text = "" if aged_at is None else _("seen {time}").format(time=formats.clock(aged_at))
        waits = self._waits_of(topic)
        if waits is not None:
            said = _("No answer yet from {what}, asked at {time}.")
            said = said.format(what=_(waits.what), time=formats.clock(waits.since_at))
            short = _("waiting since {time}").format(time=formats.clock(waits.since_at))
            return (short if topic in self._state.observed_at else ""), said
        if stale is None:
            last = "" if aged_at is None else _("last seen at {time}").format(time=formats.clock(aged_at))
            return text, f"{last}\n{_('Nothing has been read since then.')}" if text else ""
        if topic in self._state.observed_at:  # before that, why stands in the rows' place
            text = text or _("stale since {time}").format(time=formats.clock(stale.since_at))
        return text, f"{retell(stale.error)}\n{retell(stale.remedy)}".strip()

    def _render_experiment(self) -> None:
        window, state, panel = self._window, self._state, self._window.experiment.disruptions
        now = self._looked.moment().at
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
        panel.show_groups(may_arm)
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
        active, looked = self._state.active_runs, self._looked.run
        run = looked if looked is not None and looked.active else active[-1]
        text = _("Run under way: {phase}").format(phase=labels.doing(run))
        if len(active) > 1:
            text += " · " + ngettext("{n} more", "{n} more", len(active) - 1).format(n=len(active) - 1)
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
        actions.set_enabled("emergency-reset", self._state.emergency)
        on_aws = self._state.place is not None and not self._state.place.lab
        actions.set_enabled("sign-in", on_aws, _("Only on AWS"))
        actions.set_enabled("lab-faults", self._state.place is not None and self._state.place.lab)

    def _done_notes(self) -> dict[DisruptionId, str]:
        run = self._looked.run
        intent = run.disruption_intent if run is not None else None
        if run is None or intent is None or run.plan.instance_id != self._window.ui_state.instance_id:
            return {}
        return {run.plan.disruption_id: _("done {time}").format(time=formats.clock(intent.at))}
