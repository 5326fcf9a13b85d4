"""The film panel: motion by libvlc or PyAV, exact stills whenever the film stands still.

May import: ``rdpgui.core``, ``rdpgui.i18n``, ``rdpgui.ui``, PySide6; libvlc's binding only in ``vlc_probe``, and only
when a film is played. What PyAV does comes in through ``stills_port`` and ``backend``: the application passes it in.
Foreign threads reach Qt here and nowhere else, each backend by queued signals.
"""
