"""Plans: what one run, or a whole matrix of runs, shall do."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.kinds.registry import ARTICLE_DISRUPTIONS, CONTROLS, DISRUPTIONS
from rdpgui.core.run import RunPlan
from rdpgui.core.session import AccessType
from rdpgui.core.settings import Settings, Timing

_CHARACTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_CHANCE = 12
"""Characters of chance in an id, 5 bits each, from Crockford's alphabet: none is taken for another one."""

Pair = tuple[DisruptionId, AccessType]


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """What a person said of sessions before the run; see ``RunPlan``."""

    agreed: tuple[SessionId, ...] = ()
    mine: tuple[str, ...] = ()
    by: str = ""

    def put_into(self, plan: RunPlan) -> RunPlan:
        """Return the plan with it."""
        return replace(plan, agreed=self.agreed, mine=self.mine, said_by=self.by if self.mine else "")


NOTHING_SAID = SaidBefore()


def new_run_id(at: datetime, disruption_id: DisruptionId) -> RunId:
    """Return an id that sorts by time and says what the run is, usable as a folder name everywhere.

    As in a ULID, milliseconds and chance keep it unique: no two programs agree on one in the same moment.
    """
    chance = "".join(secrets.choice(_CHARACTERS) for _ in range(_CHANCE))
    return RunId(f"{at:%Y%m%d-%H%M%S}-{at.microsecond // 1000:03d}-{disruption_id.value}-{chance}")


def make_plan(
    disruption_id: DisruptionId,
    access_type: AccessType,
    instance_id: InstanceId,
    *,
    timing: Timing,
    settings: Settings,
    at: datetime,
    lab: bool,
    by_hand: bool = False,
) -> RunPlan:
    """Return a plan with the pace of the environment and the user's settings.

    ``at`` is now (aware UTC); ``by_hand`` means that a person disrupts from inside the session.
    """
    return RunPlan(
        run_id=new_run_id(at, disruption_id),
        disruption_id=disruption_id,
        access_type=access_type,
        instance_id=instance_id,
        steady_s=timing.steady_s,
        os_delay_s=timing.os_delay_s,
        tolerance_s=timing.tolerance_s,
        session_end_limit_s=timing.session_end_limit_s,
        recording_limit_s=timing.recording_limit_s,
        connect_limit_s=timing.connect_limit_s,
        restore=settings.restore_after_halt,
        created_at=at,
        lab=lab,
        by_hand=by_hand,
    )


def matrix_pairs(
    disruptions: Sequence[DisruptionId] | None = None,
    access_types: Sequence[AccessType] = (AccessType.STANDARD, AccessType.JUST_IN_TIME),
    controls: Sequence[DisruptionId] = CONTROLS,
    *,
    whole: bool = False,
) -> tuple[Pair, ...]:
    """Return the rows of a matrix, the controls first: when they fail, the others prove nothing.

    ``disruptions``: None takes the article's, or with ``whole`` every kind that there is.
    """
    if disruptions is None:
        disruptions = [d for d in DISRUPTIONS if d not in CONTROLS] if whole else ARTICLE_DISRUPTIONS
    rows = [(control, AccessType.STANDARD) for control in controls]
    rows += [(disruption, access) for disruption in disruptions for access in access_types]
    return tuple(rows)


def assign_instances(pairs: Iterable[Pair], instances: Sequence[InstanceId]) -> tuple[tuple[Pair, InstanceId], ...]:
    """Give each row an instance in turn, so that one can be restored while another is used.

    Controls leave their instance as it is and take the first one.

    Raises:
        ValueError: there is no instance.
    """
    if not instances:
        raise ValueError("a matrix needs at least one instance")
    rows: list[tuple[Pair, InstanceId]] = []
    turn = 0
    for pair in pairs:
        if DISRUPTIONS[pair[0]].is_control:
            rows.append((pair, instances[0]))
            continue
        rows.append((pair, instances[turn % len(instances)]))
        turn += 1
    return tuple(rows)
