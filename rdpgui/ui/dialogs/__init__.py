"""Dialogs: opened with open(), never exec(); each emits its answer. May import: core, i18n, ui."""
