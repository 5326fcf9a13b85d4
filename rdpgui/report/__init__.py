"""Reports: from the state that a journal rebuilds to HTML, and the evidence folder around it.

May import: core, i18n, jinja2.
"""
