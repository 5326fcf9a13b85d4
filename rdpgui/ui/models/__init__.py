"""Item models: keyed rows with precise signals; own filter and sort.

May import: core, i18n, ui.labels, ui.theme, ui.tokens.
"""
