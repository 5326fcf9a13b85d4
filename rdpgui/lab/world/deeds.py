"""What persons and the service can do by themselves in a scenario, each deed by the rules of its part."""

from __future__ import annotations

import logging
import subprocess
from functools import partial
from typing import assert_never

from rdpgui.lab.model import AccessType, LabError
from rdpgui.lab.scenario_people import OTHER, Deed, PersonAct
from rdpgui.lab.world.agents import Agents
from rdpgui.lab.world.connection import Connection
from rdpgui.lab.world.connections import Connections
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.guests import Guests
from rdpgui.lab.world.instances import Instances
from rdpgui.lab.world.preferences import RecordingPreferences
from rdpgui.lab.world.recordings import made_film
from rdpgui.lab.world.sessions import PORT_DOCUMENT, SHELL_DOCUMENT, Sessions
from rdpgui.lab.world.signals import GuestAction
from rdpgui.lab.world.trail import Act, Place, person_event

_log = logging.getLogger(__name__)
_EC2 = "ec2.amazonaws.com"
_SSM = "ssm.amazonaws.com"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_SHORTEST_FILM_S = 1.0


class Deeds:
    """Does what a ``PersonAct`` says. Call under the world's lock.

    Args:
        context: shared things.
        guests: whose systems people shut down.
        instances: which people stop and start.
        agents: which people stop.
        sessions: of tunnels, and what DescribeSessions hides.
        connections: which people open and close.
        preferences: whether and where it is recorded.
    """

    def __init__(
        self,
        context: Context,
        guests: Guests,
        instances: Instances,
        agents: Agents,
        sessions: Sessions,
        connections: Connections,
        preferences: RecordingPreferences,
    ) -> None:
        self._context = context
        self._guests = guests
        self._instances = instances
        self._agents = agents
        self._sessions = sessions
        self._connections = connections
        self._preferences = preferences
        self._own: set[str] = set()

    def is_own(self, session_id: str) -> bool:
        """Return whether people of the scenario opened this session, so that it is not the program's."""
        return session_id in self._own

    def do(self, act: PersonAct, here: str) -> str:
        """Do it; returns the instance that it concerned.

        Args:
            act: what is done.
            here: the instance where the moment was.

        Raises:
            LabError: AWS would refuse it now, or there is nothing that it could concern.
        """
        target = self._target(act, here)
        match act.do:
            case Deed.CONNECT_OTHER | Deed.DISCONNECT_OTHER | Deed.OPEN_TUNNEL:
                self._visit(act, target)
            case Deed.OPEN_SHELL:
                self._begin_session(act, target, SHELL_DOCUMENT)
            case Deed.CLOSE_SHELL:
                self._close_shell(act, target)
            case Deed.SHUTDOWN | Deed.RESTART:
                self._from_inside(act, target)
            case Deed.STOP_INSTANCE | Deed.START_INSTANCE | Deed.REBOOT_INSTANCE | Deed.REBOOT_OTHER_INSTANCE:
                self._order(act, target)
            case Deed.UPLOAD:
                self._plan_upload(act, target)
            case Deed.STOP_AGENT:
                self._agents.stop_service(target, act.seconds or None)
            case Deed.STEP_CLOCK:
                self._require_guest(target, self._guests.step_clock(target, act.seconds))
            case Deed.HIDE_SESSIONS:
                self._sessions.hide(act.seconds)
            case Deed.DISCONNECT | Deed.TERMINATE_SESSION | Deed.KILL_RECORDER | Deed.LOSE_FILM | Deed.DELAY_FILM:
                self._meddle(act, self._watched(target))
            case _:
                assert_never(act.do)
        return target

    def _target(self, act: PersonAct, here: str) -> str:
        """Return the instance that the act is about."""
        machines = self._instances.all()
        if act.on not in ("", OTHER):
            return next(machine.instance_id for machine in machines if machine.spec.name == act.on)
        if not act.on and act.do is not Deed.REBOOT_OTHER_INSTANCE:
            return here
        others = [m.instance_id for m in machines if m.instance_id != here and self._guests.ready(m.instance_id)]
        if not others:
            raise LabError("InvalidInstanceID.NotFound", f"No other instance than {here} is up.")
        return others[0]

    def _arn(self, act: PersonAct) -> str:
        return f"arn:aws:iam::{self._context.seam.account_id}:user/{act.who}"

    def _watched(self, instance_id: str) -> Connection:
        """Return the program's newest connection to an instance, also one that is over."""
        for connection in self._connections.all():
            if connection.instance_id == instance_id and not self.is_own(connection.session.session_id):
                return connection
        raise LabError("ResourceNotFoundException", f"There was no connection to {instance_id}.")

    def _visit(self, act: PersonAct, target: str) -> None:
        """Somebody comes or leaves, with a session of their own."""
        arn = self._arn(act)
        if act.do is Deed.CONNECT_OTHER:
            # The lock is held: nobody hears of the session before it is known as theirs.
            opened = self._connections.open(target, AccessType.STANDARD, owner=arn)
            self._own.add(opened.session_id)
        elif act.do is Deed.OPEN_TUNNEL:
            self._begin_session(act, target, PORT_DOCUMENT, {"portNumber": ["3389"]})
        else:
            for connection in self._connections.active_on(target):
                if connection.session.owner == arn and self.is_own(connection.session.session_id):
                    self._connections.close(connection.connection_id)

    def _begin_session(
        self, act: PersonAct, target: str, document: str, parameters: dict[str, list[str]] | None = None
    ) -> None:
        """Somebody starts a session that is no remote desktop, which CloudTrail shows."""
        arn = self._arn(act)
        session = self._sessions.start(target, document, arn)
        self._own.add(session.session_id)
        asked = {"target": target, "documentName": document, **({"parameters": parameters} if parameters else {})}
        self._told(arn, Act("StartSession", _SSM, asked, {"sessionId": session.session_id}))

    def _close_shell(self, act: PersonAct, target: str) -> None:
        """Somebody leaves their newest shell with ``exit``: no call, so nothing in CloudTrail."""
        open_now = self._sessions.open_shells(target, self._arn(act))
        if not open_now:
            raise LabError("DoesNotExistException", f"{act.who} has no shell on {target}.")
        self._sessions.end(open_now[-1], self._context.timeline.now())

    def _from_inside(self, act: PersonAct, target: str) -> None:
        """Somebody shuts the system down from inside: no order, and nothing in CloudTrail."""
        action = GuestAction.SHUTDOWN if act.do is Deed.SHUTDOWN else GuestAction.RESTART
        order = {"do": "shutdown", "action": action.value, "origin": "run-command", "delay_s": 0.0}
        self._require_guest(target, self._guests.send(target, order))

    def _require_guest(self, target: str, told: bool) -> None:
        if not told:
            raise LabError("IncorrectInstanceState", f"The instance '{target}' has no running system.")

    def _order(self, act: PersonAct, target: str) -> None:
        """Somebody orders something from EC2, which CloudTrail shows."""
        if act.do is Deed.STOP_INSTANCE:
            self._instances.stop(target)
            name = "StopInstances"
        elif act.do is Deed.START_INSTANCE:
            self._instances.start(target)
            name = "StartInstances"
        else:
            self._instances.reboot(target)
            name = "RebootInstances"
        parameters = {"instancesSet": {"items": [{"instanceId": target}]}}
        self._told(self._arn(act), Act(name, _EC2, parameters, {"requestId": self._context.letters(_LETTERS, 8)}))

    def _meddle(self, act: PersonAct, connection: Connection) -> None:
        """Something happens to the program's connection, or to its film."""
        recording = connection.recording
        match act.do:
            case Deed.DISCONNECT:
                self._connections.close(connection.connection_id)
            case Deed.TERMINATE_SESSION:
                self._connections.terminate_session(connection.session.session_id)
                parameters = {"sessionId": connection.session.session_id}
                self._told(self._arn(act), Act("TerminateSession", _SSM, parameters, parameters))
            case Deed.KILL_RECORDER:
                self._connections.kill_broker(connection.connection_id)
            case Deed.LOSE_FILM if recording is not None:
                recording.lost = True
            case Deed.DELAY_FILM if recording is not None:
                recording.late_s = act.seconds
            case _:
                raise LabError("ResourceNotFoundException", f"{connection.connection_id} is not recorded.")

    def _plan_upload(self, act: PersonAct, target: str) -> None:
        preferences = self._preferences.now()
        if preferences is None:
            raise LabError("ResourceNotFoundException", "No recording destination is configured.")
        length_s = act.seconds or self._length_s(target)
        key = f"{self._context.letters(_LETTERS, 26)}.mp4"
        call = partial(self._upload, act, preferences.bucket_name, key, length_s)
        self._context.slow.after(0.0, call, f"upload by {act.who}")

    def _length_s(self, target: str) -> float:
        """Return how long the film of the program's newest connection is, or is by now."""
        connection = self._watched(target)
        begun = connection.truth["first_frame_at"] or connection.opened_at
        return max(_SHORTEST_FILM_S, ((connection.ended_at or self._context.timeline.now()) - begun).total_seconds())

    def _upload(self, act: PersonAct, bucket: str, key: str, length_s: float) -> None:
        """Put a film of nobody's. Runs without the world's lock: it takes a second."""
        context = self._context
        path = context.state_dir / f"upload-{key}"
        try:
            film = made_film(path, act.film.value, f"{length_s:.3f}")
            if not context.closing.is_set():
                context.seam.s3.put(bucket, key, film)
        except (LabError, OSError, subprocess.SubprocessError):
            _log.exception("the film of %s cannot be put", act.who)
        finally:
            path.unlink(missing_ok=True)

    def _told(self, arn: str, act: Act) -> None:
        """Write the event that CloudTrail shows of a person's call."""
        place = Place(self._context.seam.account_id, self._context.seam.region)
        self._context.trail.append(person_event(act, self._context.timeline.now(), place, arn, through_service=False))
