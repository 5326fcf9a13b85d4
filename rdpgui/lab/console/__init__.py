"""The lab console: a window that shows a desktop of the lab through the recording broker.

On AWS a person opens the connection in the browser's Fleet Manager page; this is
the lab's stand-in, a process of its own. It never talks to a guest directly.

May import: its own parts, ``rdpgui.lab.rfb``, PySide6, the standard library, and the
guest's Qt-free line reader.
"""
