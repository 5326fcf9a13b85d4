"""Generated pictures for the reader: end screens, desktops full of the same words, taskbars with clocks.

``python -m tests.reader --count N`` runs the campaign; the suite takes a small sample of the same.
"""
