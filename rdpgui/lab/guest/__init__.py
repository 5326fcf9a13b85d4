"""One process = one virtual machine of the lab: a painted server desktop behind an RFB server on loopback.

Killing the process *is* the power cut, so nothing here keeps lock files or
children. Pure parts (configuration, state machine, desktop model, shell,
painted clock) know no Qt; ``paint_*``, ``canvas`` and ``screen`` paint with
QPainter into one QImage; ``process`` is the only part that talks to the world.

May import: its own parts, ``rdpgui.lab.rfb``, PySide6 (QtCore, QtGui), numpy.
"""
