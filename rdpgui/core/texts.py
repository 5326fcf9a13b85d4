"""Marking of message ids, so that the catalogues find them; ``i18n`` translates them when they are shown."""

from __future__ import annotations


def N_(text: str) -> str:
    """Mark an English message id for extraction and return it unchanged."""
    return text
