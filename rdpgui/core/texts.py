"""Marking of message ids, so that the catalogues find them; ``i18n`` translates them when they are shown."""

from __future__ import annotations


def N_(text: str) -> str:
    """Mark an English message id for extraction and return it unchanged."""
    return text


def C_(context: str, message: str) -> str:
    """Mark a message id whose English word stands for several things; ``i18n.in_context`` translates it."""
    return f"{context}\x04{message}"
