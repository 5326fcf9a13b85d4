"""What the window asks for. The app wires it; tests record it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Protocol

from rdpgui.core.access_requests import Deed
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import AccessRequestId, InstanceId, RunId, SessionId
from rdpgui.core.notes.model import FieldNotes
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.remark import Remark
from rdpgui.core.repair import Repair
from rdpgui.core.session import AccessType, Session
from rdpgui.core.settings import Language, Settings, Theme
from rdpgui.core.shell_log import ShellContrast, ShellSettingsSeen


@dataclass(frozen=True, slots=True)
class LabFault:
    """One fault rule of the lab as the panel shows it. ``number`` names it for removal."""

    number: int
    kind: str
    service: str
    operation: str
    left: int | None


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """Which place to open. ``endpoint``: ``lab`` or ``aws``; the others are as in ``Settings``."""

    endpoint: str
    profile: str
    region: str
    scenario: str
    endpoint_url: str = ""

    def put_into(self, settings: Settings) -> Settings:
        """Return settings that name this place. Which Regions there are is decided by the endpoint."""
        settings = settings.with_value("endpoint_url", self.endpoint_url)
        for item in fields(self):
            settings = settings.with_value(item.name, getattr(self, item.name))
        return settings


class RunPort(Protocol):
    """Orders about one experiment, and whether anything may disrupt."""

    def connect(self, instance_id: InstanceId, access_type: AccessType, *, attended: bool) -> None:
        """Open a connection and observe it; ``attended`` shows the desktop to the person."""

    def run(
        self,
        disruption_id: DisruptionId,
        instance_id: InstanceId,
        access_type: AccessType,
        *,
        by_hand: bool,
        agreed: tuple[SessionId, ...] = (),
    ) -> None:
        """Run one experiment; ``by_hand``: the person disrupts, the program only observes.

        ``agreed``: sessions of other people that a person agreed to cut off.
        """

    def abort(self) -> None:
        """Abort the run under way; what was started is restored."""

    def arm(self, instance_id: InstanceId) -> None:
        """Allow disruptions on exactly this instance for a while."""

    def disarm(self) -> None:
        """Back to read-only."""

    def emergency_stop(self) -> None:
        """Latch: no new action, running waits end as aborted."""

    def emergency_reset(self) -> None:
        """Release the latch."""


class MatrixPort(Protocol):
    """Orders about many runs; one matrix goes on at a time."""

    def start_matrix(
        self, whole: bool = False, instances: tuple[InstanceId, ...] = (), side_by_side: bool | None = None
    ) -> None:
        """Run disruptions x access types and controls; ``whole`` takes what goes beyond the article, too.

        ``instances``: confirmed by a person; the lab chooses its own. ``side_by_side``: None is the place's habit.
        """

    def start_repeat(self, disruption_id: DisruptionId, access_type: AccessType, times: int) -> None:
        """Run one experiment several times (lab only)."""

    def compare_recorders(self, disruption_id: DisruptionId, access_type: AccessType, times: int) -> None:
        """Run it several times with the recorder at the service and on the instance, then come back (lab only)."""

    def stop_matrix(self) -> None:
        """End the matrix after aborting the run under way."""


class HandPort(Protocol):
    """Orders outside of runs; a person has confirmed each."""

    def end_session(self, session: Session) -> None:
        """End one session, whoever it belongs to; the person has confirmed it."""

    def start_instance(self, instance_id: InstanceId) -> None:
        """Start a stopped instance again."""

    def clean_up(self, run_id: RunId) -> None:
        """End what a run left open and start what its own order halted; the person has confirmed it."""


class PreflightPort(Protocol):
    """Orders about what is checked before a run."""

    def refresh(self) -> None:
        """Poll everything now, and check the selected instance again."""

    def read_shell_settings(self, on_read: Callable[[ShellSettingsSeen], None]) -> None:
        """Read where logs of shells go in the Region that is open, and hand it over; nothing where nobody signed in."""

    def repair(self, repair: Repair, instance_id: InstanceId, *, undo: bool) -> None:
        """Make a repair that the preflight offers, or take one back; the person has confirmed it."""


class RecordPort(Protocol):
    """Orders that change what runs have left; they need no account."""

    def confirm_visual(self, run_id: RunId, *, seen: bool, film: str, film_s: float) -> None:
        """Record the person's own answer to "I see the shutdown", with the picture on which it was said."""

    def withdraw_visual(self, run_id: RunId) -> None:
        """Record that the person takes that answer back."""

    def enter_console_word(self, run_id: RunId, word: ConsoleWord) -> None:
        """Record what the AWS console says."""

    def adjust_film_clock(self, run_id: RunId, offset_s: float) -> None:
        """Record a person's correction of where the run's film lies on the clock."""

    def remark_run(self, run_id: RunId, written: Remark) -> None:
        """Record what a person wrote on a run: who tested it, for what, and a note."""

    def archive_runs(self, run_ids: Sequence[RunId], *, archived: bool) -> None:
        """Put runs away, or take them back; they are kept, and left out of what is summed up."""

    def delete_runs(self, run_ids: Sequence[RunId]) -> None:
        """Delete runs with their folders, after the person confirmed it; never one without an end."""


class ReadingPort(Protocol):
    """Orders to read what runs have left; none of them changes anything."""

    def read_runs(self, run_ids: Sequence[RunId], *, on_read: Callable[[], None] | None = None) -> None:
        """Read whole runs of the history; they come as a new snapshot, and ``on_read`` is called after it."""

    def read_events(self, run_id: RunId, on_read: Callable[[tuple[RunEvent, ...]], None]) -> None:
        """Read the journal of a run that is over, and hand over its events."""

    def look_into_runs(self) -> None:
        """Read what the runs of this place say about the claims; it comes as new lines of the history."""

    def look_for_films(self) -> None:
        """Look which verified films are still in their folders; it comes by ``Replies.show_films_gone``."""

    def judge_again(self, run_id: RunId) -> None:
        """Derive the verdict again from the run's journal and say whether the written one holds; it stays as it is."""


class PaperPort(Protocol):
    """Orders for what is made of runs and taken out of the program."""

    def open_run(self, run_id: RunId) -> None:
        """Open the run's folder in the file manager."""

    def open_report(self, run_id: RunId) -> None:
        """Open the run's report in the browser, making it when needed."""

    def open_matrix_report(self, run_ids: Sequence[RunId]) -> None:
        """Write one report of several runs, as the article's table, and open it in the browser."""

    def hand_in(self, run_id: RunId, path: str, *, replace: bool) -> None:
        """Write a run's folder as one archive, checked against its manifest; never over a file without a yes."""


class GuidedPort(Protocol):
    """Orders about what a run needs a person for."""

    def answer_session(self, run_id: RunId, session_id: SessionId, *, own: bool) -> None:
        """Record whether a session that a run asks about is the person's own."""

    def list_access_requests(self) -> None:
        """Ask for the access requests; they come back through ``Workbench.replies.show_access_requests``."""

    def request_access(self, instance_id: InstanceId, reason: str) -> None:
        """File an access request; the person has confirmed it."""

    def decide_access(self, request_id: AccessRequestId, deed: Deed, comment: str) -> None:
        """Decide an access request, or withdraw it; the person has confirmed it."""

    def open_console(self, run_id: RunId) -> None:
        """Open the console's page again on which a run waits for the person's connection."""


class NotePort(Protocol):
    """Orders about the field notes of the place that is open; they read journals, and nothing is called."""

    def read_notes(self, run_id: RunId | None, on_read: Callable[[FieldNotes], None]) -> None:
        """Read the notes of a run, or of the newest runs of the place, and hand them over."""

    def read_shells(self, on_read: Callable[[tuple[ShellContrast, ...]], None]) -> None:
        """Read the shells of this place whose logs were looked for, and hand them over."""

    def export_notes(self, run_id: RunId | None, path: str, *, as_json: bool) -> None:
        """Write the notes to a file that is not there yet, with every name replaced."""

    def enter_wording(self, word: ConsoleWord, wording: str, on_kept: Callable[[], None]) -> None:
        """Write down how the console words a status; ``on_kept`` is called when it is on disk."""


class FilmPort(Protocol):
    """Orders about films that belong to no run."""

    def open_film(self, path: str) -> None:
        """Open any local film."""

    def open_films(self, paths: Sequence[str]) -> None:
        """Open several local films as one, laid out on the clock by their creation times."""

    def open_object(self, bucket: str, key: str) -> None:
        """Look at an object at once, by ranged reads and a presigned URL, while it is downloaded and verified."""


class PlacePort(Protocol):
    """Orders about the place that is open."""

    def switch_place(self, choice: PlaceChoice) -> None:
        """Close what is open and open another place; refused while something is under way, with the reason."""

    def list_profiles(self) -> None:
        """Ask for the profiles of the AWS files; they come back through ``Replies.show_profiles``."""


class SignInPort(Protocol):
    """Orders about who calls at the place that is open."""

    def retry(self) -> None:
        """Sign in again, with what the AWS files say now."""

    def again(self) -> None:
        """Let the person sign in; what to do in the browser comes through ``Replies.show_sign_in_step``."""

    def give_up(self) -> None:
        """Wait for the sign-in under way no longer."""


class SettingsPort(Protocol):
    """Orders about settings."""

    def set_theme(self, theme: Theme) -> None:
        """Keep and apply a theme."""

    def set_language(self, language: Language) -> None:
        """Keep and apply a language."""

    def set_setting(self, name: str, value: object) -> None:
        """Keep one setting; the app says when it takes effect only after a restart."""


class FaultPort(Protocol):
    """Orders about the lab's faults."""

    def list_lab_faults(self) -> None:
        """Ask for the fault rules; they come back through ``Replies.show_lab_faults``."""

    def add_lab_fault(self, kind: str, service: str, operation: str, times: int | None) -> None:
        """Add a fault rule (lab only)."""

    def clear_lab_faults(self) -> None:
        """Remove every fault rule (lab only)."""


@dataclass(frozen=True, slots=True)
class Commands:
    """Everything the window asks for; each order returns at once, results come back as a new snapshot or a notice."""

    runs: RunPort
    matrix: MatrixPort
    by_hand: HandPort
    preflight: PreflightPort
    records: RecordPort
    reading: ReadingPort
    papers: PaperPort
    notes: NotePort
    guided: GuidedPort
    films: FilmPort
    place: PlacePort
    sign_in: SignInPort
    settings: SettingsPort
    faults: FaultPort
