"""Field notes: what runs and answers show of what AWS documents nowhere. Pure; may import core alone.

model <- recording, sessions, answers <- collect. The journal is the truth: nothing here asks anybody anything.
"""
