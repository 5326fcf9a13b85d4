"""Hostile worlds: a judge is only as good as the worlds it was tried in.

Worlds are drawn from the facts about AWS with every unknown left free (``draw``, ``disturb``), happen in true time
(``history``), are seen only through reads (``pace``, ``sightings``, ``course``), and are judged through one door
(``judge_door``). The truth is kept apart (``truth``, ``faults``). Nothing here imports the rules or is made from them.

Run it: ``python -m tests.hostile --layer facts --seed N --count M [--world ID] [--json FILE] [--workers K]``.
What it found, and how strong it is: ``resources/docs/hostile-worlds.md``.
"""
