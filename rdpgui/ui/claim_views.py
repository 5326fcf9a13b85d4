"""Claims in the reader's language; filled when ``core/claims.py`` is there."""
