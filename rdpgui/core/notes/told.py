"""Field notes as sentences. Who tells gives the language; names may be replaced in values, never in our own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rdpgui.core.cli import ApiCall, CliPlace, as_cli
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.notes.model import FieldNote, FieldNotes, Finding, Question, Sureness
from rdpgui.core.session import AccessType
from rdpgui.core.texts import N_
from rdpgui.core.words import disruption_word, place_words

LANGUAGE_NAMES = {"ja": N_("Japanese"), "en": N_("English")}
SURENESS = {
    Sureness.SETTLED: N_("settled"),
    Sureness.HINT: N_("hint"),
    Sureness.ELSEWHERE: N_("seen, not on AWS"),
    Sureness.NOT_SEEN: N_("not seen"),
}
ITEMS = {
    1: N_("Preferences that are not set"),
    2: N_("Without just-in-time access"),
    3: N_("The recording's object"),
    4: N_("The film"),
    5: N_("The session in DescribeSessions"),
    6: N_("What each disruption does, and when"),
    7: N_("The audit log"),
    8: N_("After a reboot"),
    9: N_("Words of the console"),
    10: N_("Requests for just-in-time access"),
}
_ACCESS = {AccessType.STANDARD.value: N_("Standard"), AccessType.JUST_IN_TIME.value: N_("Just-in-time")}
OF_LAB = N_("LAB: these notes come from the emulation and settle nothing about AWS.")
OF_ELSEWHERE = N_("These notes come from another endpoint than AWS and settle nothing about AWS.")
Translate = Callable[[str], str]
Named = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells notes in one language.

    Attributes:
        translate: gives a message id in the reader's language.
        named: gives a value as it may be shown.
    """

    translate: Translate
    named: Named

    def finding(self, found: Finding) -> str:
        """Return what was seen."""
        values = {name: self.named(value) for name, value in found.fields}
        for name, texts in found.words:
            values[name] = self.translate(", ").join(self._word(text) for text in texts) or "–"
        if "language" in values:
            values["language"] = self._word(LANGUAGE_NAMES.get(values["language"], values["language"]))
        return self._word(found.text).format_map(values)

    def question(self, question: Question) -> str:
        """Return the question."""
        values = {name: self._value(name, value) for name, value in question.fields}
        return self._word(question.text).format_map(values)

    def origin(self, found: Finding) -> str:
        """Return where it is from: the event of the journal, the call of AWS behind it, the run."""
        return " · ".join(part for part in (found.event, found.call, found.run_id or "") if part)

    def sureness(self, sure: Sureness) -> str:
        """Return the word for how sure a note is."""
        return self._word(SURENESS[sure])

    def why_not(self, note: FieldNote) -> str:
        """Return why it is not settled, empty when it is."""
        return self._word(note.why_not)

    def lines(self, notes: FieldNotes, note: FieldNote) -> list[str]:
        """Return the lines of the AWS CLI that read what the program does not."""
        region = notes.place.region if notes.place is not None else ""
        made = []
        for call in note.calls:
            members = {name: self.named(v) if isinstance(v, str) else v for name, v in call.members.items()}
            made.append(as_cli(ApiCall(call.service, call.operation, members), CliPlace(region=region)))
        return made

    def item(self, item: int) -> str:
        """Return what an item of the list is about."""
        return self._word(ITEMS[item])

    def place(self, notes: FieldNotes) -> str:
        """Return what the place is called, its account and endpoint as they may be shown."""
        text, fields = place_words(notes.place, lab=notes.lab)
        return self._word(text).format_map({name: self.named(value) for name, value in fields})

    def caution(self, notes: FieldNotes) -> str:
        """Return that these notes settle nothing, empty when they are of AWS."""
        if notes.on_aws:
            return ""
        return self._word(OF_LAB if notes.lab else OF_ELSEWHERE)

    def _value(self, name: str, value: str) -> str:
        match name:
            case "disruption":
                return self._word(disruption_word(DisruptionId(value)))
            case "access":
                return self._word(_ACCESS.get(value, value))
            case _:
                return value

    def _word(self, text: str) -> str:
        return self.translate(text) if text else ""
