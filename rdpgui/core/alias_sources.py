"""From a snapshot to the real names in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.aliases import Aliases, Named
from rdpgui.core.place import place_from_key
from rdpgui.core.session import Session, caller_name
from rdpgui.core.state import AppState, LogLine, RunState

_INSTANCE = re.compile(r"m?i-[0-9a-f]{8,17}")
"""What calls as an instance's role has the instance's id for a name."""
_SAID = {"by": Named.USER, "session": Named.SESSION, "bucket": Named.BUCKET}
"""Fields of log lines that hold a name; nobody's, where it is nowhere else any more."""
_CALLERS = ("owner", "principal")


class AliasLearner:
    """Learns what is new in a snapshot; parts that are the very same as last time are not looked at again.

    Args:
        aliases: what learns.
    """

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases
        self._seen: dict[str, object] = {}
        self._heard: dict[str, LogLine] = {}

    def learn(self, state: AppState) -> None:
        """Learn every real name of a snapshot."""
        if self._new("instances", state.instances) | self._new("nodes", state.nodes):
            self._servers(state)
        if self._new("identity", state.identity) and state.identity is not None:
            self._caller(state.identity)
        if self._new("sessions", state.sessions):
            self._sessions(state.sessions)
        if self._new("preferences", state.preferences) and state.preferences is not None:
            preferences = state.preferences.preferences
            if preferences is not None:
                self._aliases.learn(Named.BUCKET, [preferences.bucket])
        if self._new("history", state.history):
            for line in state.history.values():
                self._aliases.learn_server(line.instance_id, line.name)
                self._aliases.learn(Named.SESSION, [line.session_id])
                self._aliases.learn(Named.USER, [line.tester])
                place = place_from_key(line.place)
                self._aliases.learn(Named.ACCOUNT, [place.account_id] if place is not None else [])
        self._log("", state.log)
        if self._new("runs", state.runs):
            for run in state.runs.values():
                if self._new(f"run {run.run_id}", run):
                    self.learn_run(run)

    def learn_run(self, run: RunState) -> None:
        """Learn every real name of a run."""
        aliases, baseline = self._aliases, run.baseline
        aliases.learn(Named.ACCOUNT, [run.account_id])
        if baseline is not None:
            found = baseline.instance
            aliases.learn_server(run.plan.instance_id, found.name, address=found.private_ip)
            aliases.learn(Named.BUCKET, [baseline.preferences.bucket])
        else:
            aliases.learn_server(run.plan.instance_id)
        aliases.learn(Named.BUCKET, [found.bucket for found in run.candidates])
        asked = [question.session for question in run.questions]
        own = [run.session] if run.session is not None else []
        self._sessions((*own, *asked, *(run.neighbours.sessions if run.neighbours is not None else ())))
        if run.confirmation is not None:
            self._user(run.confirmation.by)
        aliases.learn(Named.USER, [run.remark.tester])
        self._log(run.run_id, run.log)

    def _sessions(self, sessions: Iterable[Session]) -> None:
        for session in sessions:
            self._aliases.learn(Named.SESSION, [session.session_id])
            self._user(session.owner)

    def _log(self, part: str, log: Sequence[LogLine]) -> None:
        """Learn whom the lines name that came since the last time; who took a word back stands there alone."""
        for line in _since(log, self._heard.get(part)):
            for name, value in line.fields:
                if name in _CALLERS:
                    self._user(value)
                elif name in _SAID:
                    self._aliases.learn(_SAID[name], [value])
        if log:
            self._heard[part] = log[-1]

    def _new(self, part: str, value: object) -> bool:
        known = self._seen.get(part)
        self._seen[part] = value
        return known is not value

    def _servers(self, state: AppState) -> None:
        for instance in state.instances.values():
            node = state.nodes.get(instance.instance_id)
            computer = node.computer_name if node is not None else ""
            self._aliases.learn_server(instance.instance_id, instance.name, computer, address=instance.private_ip)
        for node in state.nodes.values():
            if node.instance_id not in state.instances:
                self._aliases.learn_server(node.instance_id, node.computer_name)

    def _caller(self, identity: IdentityObserved) -> None:
        self._aliases.learn(Named.ACCOUNT, [identity.account_id])
        self._user(identity.arn)
        self._aliases.learn(Named.PROFILE, [identity.profile])
        if identity.access is not None:
            self._aliases.learn(Named.ACCOUNT, [identity.access.alias])
            self._aliases.learn(Named.PROFILE, [identity.access.profile])

    def _user(self, owner: str) -> None:
        """Learn a caller, its whole ARN and the name at its end; an instance that calls is that instance."""
        name = caller_name(owner)
        if _INSTANCE.fullmatch(name):
            self._aliases.learn_server(name)
        self._aliases.learn(Named.USER, [owner, name] if owner.startswith("arn:") else [owner])


def _since(log: Sequence[LogLine], last: LogLine | None) -> Iterator[LogLine]:
    """Yield the lines behind the last one that is known, in their order; all of them when that is no longer there."""
    begin = next((place + 1 for place in range(len(log) - 1, -1, -1) if log[place] is last), 0)
    for place in range(begin, len(log)):
        yield log[place]
