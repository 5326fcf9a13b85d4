"""Exact inspection of recordings with PyAV: the witness of what a film shows and how far it reaches.

May import: ``rdpgui.core``, ``rdpgui.files``, PyAV, numpy and the standard library.
Nothing here knows Qt, boto3 or the lab.

Untrusted files are opened in a child process only (``worker``, started by ``film_port``): a hostile file may
fail, the program may not. ``stills`` also runs in a worker thread of the program, on films that were inspected.
"""
