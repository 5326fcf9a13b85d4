"""Sentences that only journals of 0.1.0 hold: the catalogues keep them, so that an old run is told in any language."""

from __future__ import annotations

from rdpgui.core.texts import N_

__all__ = ["TEXTS_OF_0_1_0"]

TEXTS_OF_0_1_0 = (
    N_("The instance was restarted during a control ({before} to {after}, {zone})."),
    N_("Restarted: last boot {boot_at} ({zone}); no loss of the agent's connection was seen."),
    N_("The agent's connection was lost, but the boot time did not change."),
    N_("The agent was not connected during a control."),
    N_("The boot time did not change, and no loss of the agent's connection was seen."),
    N_("{key} is new, in the window, and its film fits the session (candidates: {count})."),
    N_("The session ended {seconds} s before the first sign of the disruption."),
    N_("The session ended with the disruption ({seconds} s apart)."),
    N_("The picture does not change in the last {idle} s and shows no shutdown: the source may have frozen."),
    N_("No disruption was seen."),
    N_("Using the open session {session}."),
)
