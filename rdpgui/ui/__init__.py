"""Widgets, item models and the player: renders snapshots, asks for commands.

The home of PySide6 and vlc. May import: core, runner, i18n (and the media port
declared in core). Slots become coroutines only in ``tasks.py``; words of enums
come from ``labels.py``; colours from ``theme.py``; errors are shown only by
``notifications.py``. No widget calls AWS, and none knows whether it shows a lab.
"""
