"""Panels: each renders one part of a snapshot and emits what the person asks for. May import: core, i18n, ui."""
