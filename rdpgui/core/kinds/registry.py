"""All kinds of disruption. Window, report, command line, matrix and journal list what stands here."""

from __future__ import annotations

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.kinds.agent import SSM_AGENT_STOP
from rdpgui.core.kinds.control import CONTROL_DISCONNECT, CONTROL_NONE
from rdpgui.core.kinds.halt import EC2_STOP, HIBERNATE, OS_SHUTDOWN, STOP_FORCE, STOP_SKIP_OS_SHUTDOWN
from rdpgui.core.kinds.kind import Disruption
from rdpgui.core.kinds.restart import DIAGNOSTIC_INTERRUPT, EC2_REBOOT, OS_REBOOT

DISRUPTIONS: dict[DisruptionId, Disruption] = {
    kind.disruption_id: kind
    for kind in (
        OS_REBOOT,
        OS_SHUTDOWN,
        EC2_REBOOT,
        EC2_STOP,
        SSM_AGENT_STOP,
        STOP_SKIP_OS_SHUTDOWN,
        STOP_FORCE,
        HIBERNATE,
        DIAGNOSTIC_INTERRUPT,
        CONTROL_NONE,
        CONTROL_DISCONNECT,
    )
}
"""In the order of buttons and tables."""

ARTICLE_DISRUPTIONS = tuple(
    kind.disruption_id for kind in sorted(DISRUPTIONS.values(), key=lambda kind: kind.article_row) if kind.article_row
)
"""The article's, in its order."""

CONTROLS = tuple(kind.disruption_id for kind in DISRUPTIONS.values() if kind.is_control)
