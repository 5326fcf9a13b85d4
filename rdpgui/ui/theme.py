"""Colours and fonts as tokens: one dark and one light set behind every pixel of the program.

A status is never told by colour alone: each tone comes with a word and a shape (``icons.py``). Every text token
keeps a contrast of at least 4.5 : 1 on every surface it is used on; the test suite measures it.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from rdpgui.core.settings import Theme
from rdpgui.ui.stylesheet import style_sheet
from rdpgui.ui.tokens import DARK, LIGHT, Tokens

SANS_FAMILIES = ("Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic UI", "Hiragino Sans", "Meiryo UI", "Segoe UI")
MONO_FAMILIES = ("Noto Sans Mono CJK JP", "Cascadia Mono", "Consolas", "SF Mono", "Menlo", "DejaVu Sans Mono")
BASE_POINT_SIZE = 12.5 if sys.platform == "darwin" else 10.0


class _Current:
    """The colour set in use; replaced as a whole by ``Theming``."""

    tokens: Tokens = DARK
    zoom: float = 1.0


def tokens() -> Tokens:
    """Return the colour set in use, for what is painted by hand."""
    return _Current.tokens


def mix(first: str, second: str, share: float) -> QColor:
    """Return a colour between two; ``share`` 0 is the first, 1 the second."""
    a, b = QColor(first), QColor(second)
    keep = 1.0 - share
    return QColor(
        round(a.red() * keep + b.red() * share),
        round(a.green() * keep + b.green() * share),
        round(a.blue() * keep + b.blue() * share),
    )


def zoom() -> float:
    """Return by how much everything is larger than usual."""
    return _Current.zoom


def sans_font(*, scale: float = 1.0, bold: bool = False) -> QFont:
    """Return the reading font."""
    font = QFont()
    font.setFamilies(list(SANS_FAMILIES))
    font.setPointSizeF(BASE_POINT_SIZE * scale * _Current.zoom)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def mono_font(*, scale: float = 0.94) -> QFont:
    """Return the font for ids, times and the log."""
    font = QFont()
    font.setFamilies(list(MONO_FAMILIES))
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(BASE_POINT_SIZE * scale * _Current.zoom)
    return font


def palette_of(t: Tokens) -> QPalette:
    """Return the palette of a colour set, for what the style sheet does not reach."""
    palette = QPalette()
    role = QPalette.ColorRole
    for item, colour in {
        role.Window: t.ground,
        role.WindowText: t.text,
        role.Base: t.surface,
        role.AlternateBase: t.raised,
        role.Text: t.text,
        role.PlaceholderText: t.dim,
        role.Button: t.raised,
        role.ButtonText: t.text,
        role.BrightText: t.bad,
        role.ToolTipBase: t.raised,
        role.ToolTipText: t.text,
        role.Highlight: t.selection,
        role.HighlightedText: t.text,
        role.Link: t.accent,
        role.LinkVisited: t.accent,
        role.Accent: t.accent,
        role.Light: t.hover,
        role.Mid: t.border,
        role.Dark: t.sunken,
        role.Shadow: t.sunken,
    }.items():
        palette.setColor(item, QColor(colour))
    for item in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, item, QColor(t.faint))
    return palette


_MOVING = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)
"""Effects of Qt that move or fade: nothing here moves by itself, for those whom that disturbs."""


def box_palette(t: Tokens) -> QPalette:
    """Return the palette of check boxes: Fusion makes their edge from the window, too dark to be seen on it."""
    palette = palette_of(t)
    palette.setColor(QPalette.ColorRole.Window, QColor(t.dim).lighter(127))
    return palette


class Theming(QObject):
    """Applies a theme to the application and follows the system when asked to.

    Signals:
        changed: another colour set is in use; hand-painted widgets are repainted by Qt's PaletteChange.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._theme = Theme.SYSTEM
        self._applied: Tokens | None = None
        self._dressed = True

    def apply_plain(self, theme: Theme) -> None:
        """Use a theme's colours and font for a first picture that has nothing else to show; ``start`` does the rest."""
        self._dressed = False
        self._app.setFont(sans_font())
        self.apply(theme)

    def start(self, theme: Theme, *, dressed: bool = True) -> None:
        """Set style and fonts once, then the theme.

        Args:
            theme: the theme.
            dressed: False leaves the style sheet to ``dress``. Qt polishes a widget again at every step of its way
                into a window; without the sheet a window is built in half the time.
        """
        self._dressed = dressed
        self._app.setStyle("Fusion")
        self._app.setFont(sans_font())
        for effect in _MOVING:
            self._app.setEffectEnabled(effect, False)
        self._app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self.apply(theme)

    def dress(self) -> None:
        """Set the style sheet that ``start`` left out."""
        self._dressed = True
        self._app.setStyleSheet(style_sheet(tokens()))

    def zoom(self, factor: float) -> None:
        """Make all writing so much larger than usual; what has a size of its own follows by ``ui.zoom``."""
        if factor != _Current.zoom:
            _Current.zoom = factor
            self._app.setFont(sans_font())
            if self._dressed:
                self._app.setStyleSheet(style_sheet(tokens()))

    def apply(self, theme: Theme) -> None:
        """Use a theme from now on."""
        self._theme = theme
        hints = self._app.styleHints()
        if theme is Theme.SYSTEM:
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(Qt.ColorScheme.Light if theme is Theme.LIGHT else Qt.ColorScheme.Dark)
        self._use(self._chosen())

    def _chosen(self) -> Tokens:
        match self._theme:
            case Theme.LIGHT:
                return LIGHT
            case Theme.DARK:
                return DARK
            case Theme.SYSTEM:
                # Where the system does not say, dark: the lab's films are easier to judge on it.
                return LIGHT if self._app.styleHints().colorScheme() is Qt.ColorScheme.Light else DARK

    def _use(self, chosen: Tokens) -> None:
        if chosen is self._applied:
            return
        self._applied = chosen
        _Current.tokens = chosen
        self._app.setPalette(palette_of(chosen))
        # WORKAROUND: the stubs of PySide6 6.11 say bytes, and only str is taken. Until they say str.
        self._app.setPalette(box_palette(chosen), "QCheckBox")  # type: ignore[arg-type]
        if self._dressed:
            self._app.setStyleSheet(style_sheet(chosen))
        self.changed.emit()

    def _on_system_changed(self) -> None:
        if self._theme is Theme.SYSTEM:
            self._use(self._chosen())
