"""Small widgets shared by panels and dialogs. May import: i18n, ui.theme, ui.tokens."""
