"""The closed union of events: everything that can change what is shown or judged.

Commands go down, events come up. ``account_events.py`` and ``run_events.py`` define them; an event that
stands in no union here cannot be published, journalled or read back. ``codec.py`` turns each into JSON and back.
"""

from __future__ import annotations

from rdpgui.core.account_events import (
    Armed,
    Disarmed,
    EmergencyReset,
    EmergencyStopped,
    HandActionEnded,
    HandActionIntended,
    IdentityObserved,
    InstancesObserved,
    ObjectsObserved,
    PlaceOpened,
    PollFailed,
    PollWaits,
    PreferencesObserved,
    RunDeleted,
    SessionsObserved,
)
from rdpgui.core.noted import AnswersNoted, PlaceNote
from rdpgui.core.passing_events import PassingEvent
from rdpgui.core.people_events import (
    ConfirmationWithdrawn,
    ConsoleWordEntered,
    FilmClockAdjusted,
    RunArchived,
    RunRemarked,
    SessionAnswered,
    SessionQuestioned,
    VisuallyConfirmed,
)
from rdpgui.core.repair_events import RepairEnded, RepairIntended
from rdpgui.core.run_events import (
    ActionAccepted,
    ActionFailed,
    BaselineTaken,
    BootTimeRead,
    CandidatesFound,
    ClockSampled,
    ConnectionChanged,
    ConnectionClosed,
    ConnectionOpened,
    DestinationRead,
    FilmInspected,
    FilmSaved,
    InstanceChanged,
    IntentRecorded,
    NeighboursRead,
    NoteAdded,
    PhaseEntered,
    RunEnded,
    RunStarted,
    SessionAttached,
    SessionLeftActive,
    SessionSeenAgain,
    SourceUnread,
    StatusStated,
    VerdictReached,
    WitnessSaved,
)

AccountEvent = (
    PlaceOpened
    | IdentityObserved
    | InstancesObserved
    | SessionsObserved
    | PreferencesObserved
    | ObjectsObserved
    | PollFailed
    | PollWaits
)
HandEvent = HandActionIntended | HandActionEnded | RunDeleted | RepairIntended | RepairEnded
ArmingEvent = Armed | Disarmed | EmergencyStopped | EmergencyReset
RunEvent = (
    RunStarted
    | PhaseEntered
    | BaselineTaken
    | ConnectionOpened
    | ConnectionClosed
    | SessionQuestioned
    | SessionAnswered
    | SessionAttached
    | IntentRecorded
    | NeighboursRead
    | ActionAccepted
    | ActionFailed
    | InstanceChanged
    | ConnectionChanged
    | BootTimeRead
    | WitnessSaved
    | SessionLeftActive
    | SessionSeenAgain
    | SourceUnread
    | CandidatesFound
    | ClockSampled
    | FilmSaved
    | FilmInspected
    | StatusStated
    | VerdictReached
    | VisuallyConfirmed
    | RunArchived
    | RunRemarked
    | ConfirmationWithdrawn
    | ConsoleWordEntered
    | DestinationRead
    | FilmClockAdjusted
    | AnswersNoted
    | NoteAdded
    | PassingEvent
    | RunEnded
)
Event = AccountEvent | ArmingEvent | HandEvent | PlaceNote | RunEvent
