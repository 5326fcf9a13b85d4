"""Reads words in pictures: what the last seconds of a film say, and the clock of the taskbar.

May import: the rest of ``rdpgui.media``, ``rdpgui.core``, PyAV, numpy, onnxruntime (optional) and the standard library.
Runs in the inspector's child process only. What it reads is a witness, never proof: a page in a full-screen window can
show the same words.
"""
