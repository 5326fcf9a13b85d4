"""The one style sheet, filled with the tokens of a theme."""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from rdpgui.ui.tokens import Tokens

_SHEET = Template("""
QMainWindow, QDialog { background: $ground; }
QDialog { border: 1px solid $border_strong; }
QToolTip { background: $raised; color: $text; border: 1px solid $border_strong; padding: 4px 6px; }
QLabel { background: transparent; }
QLabel[role="dim"], QLabel[role="caption"] { color: $dim; }
QLabel[role="title"] { color: $dim; font-weight: 600; }
QLabel[role="group"] { color: $dim; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[code="true"] { font-family: monospace; font-size: 20px; font-weight: 700; color: $text; }
QLabel[role="inferred"] { color: $dim; font-style: italic; }
QLabel[role="mono"] { color: $dim; }
QLabel[tone="ok"] { color: $ok; } QLabel[tone="warn"] { color: $warn; } QLabel[tone="bad"] { color: $bad; }
QLabel[tone="info"] { color: $info; } QLabel[tone="idle"] { color: $idle; } QLabel[tone="lab"] { color: $lab; }

QFrame[card="true"] { background: $surface; border: 1px solid $border; border-radius: 8px; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: 0; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $border_strong; }

QWidget#banner { background: $raised; border-bottom: 2px solid $accent; }
QWidget#banner[lab="true"] { background: $lab_ground; border-bottom: 2px solid $lab; }
QWidget#banner[environment="red"] { border-bottom: 3px solid $bad; }
QWidget#banner[environment="amber"] { border-bottom: 3px solid $warn; }
QWidget#banner[environment="green"] { border-bottom: 3px solid $ok; }
QWidget#banner[environment="blue"] { border-bottom: 3px solid $info; }
QLabel[pill="true"] { border: 1px solid $border_strong; border-radius: 11px; padding: 1px 10px; color: $text; }
QLabel[pill="true"][tone="lab"] { background: $lab; color: $on_lab; border: 0; font-weight: 700; padding: 2px 11px; }
QLabel[pill="true"][environment="red"] { background: $bad; color: $on_bad; border-color: $bad; font-weight: 700; }
QLabel[pill="true"][environment="amber"] { background: $warn; color: $ground; border-color: $warn; font-weight: 700; }
QLabel[pill="true"][environment="green"] { background: $ok; color: $ground; border-color: $ok; font-weight: 700; }
QLabel[pill="true"][environment="blue"] { background: $info; color: $ground; border-color: $info; font-weight: 700; }
QLabel[pill="true"][tone="warn"] { border-color: $warn; color: $warn; font-weight: 600; }
QLabel[pill="true"][tone="bad"] { border-color: $bad; color: $bad; font-weight: 600; }
QLabel[pill="true"][tone="ok"] { border-color: $ok; color: $ok; font-weight: 600; }

QPushButton, QToolButton, QComboBox { background: $raised; color: $text; border: 1px solid $border; border-radius: 5px;
    padding: 5px 12px; }
QPushButton[compact="true"] { padding: 5px 6px; }
QComboBox { padding-right: 26px; }
QToolButton { padding: 4px 8px; }
QPushButton:hover, QToolButton:hover, QComboBox:hover { background: $hover; border-color: $border_strong; }
QPushButton:pressed, QToolButton:pressed { background: $sunken; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QTableView:focus, QListView:focus,
    QPlainTextEdit:focus { border: 1px solid $accent; }
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled { color: $faint; background: $surface;
    border-color: $border; }
QPushButton:default, QPushButton[primary="true"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:default:disabled { background: $surface; color: $faint; border-color: $border; }
QPushButton[primary="true"]:hover { border-color: $text; }
QPushButton[primary="true"]:disabled { background: $surface; color: $faint; border-color: $border; }
QPushButton:checked, QToolButton:checked { border-color: $accent; color: $accent; }
QPushButton[current="true"], QPushButton[current="true"]:disabled { border-color: $accent; }
QPushButton[flat="true"], QToolButton[flat="true"] { background: transparent; border: 1px solid transparent;
    color: $accent; padding: 2px 6px; }
QPushButton[flat="true"]:hover, QToolButton[flat="true"]:hover { background: $raised; }
QPushButton[flat="true"]:focus, QToolButton[flat="true"]:focus { border-color: $accent; }
QPushButton[flat="true"]:disabled { color: $faint; }
QToolButton[arrow="true"] { background: transparent; border: 1px solid transparent; padding: 0; }
QToolButton[arrow="true"]:hover { background: $hover; }
QToolButton[arrow="true"]:focus { border-color: $accent; }
QPushButton[chip="true"] { background: transparent; color: $dim; padding: 1px 7px; border-radius: 10px; }
QPushButton[chip="true"]:hover { color: $text; background: $raised; }
QPushButton#choose_next { color: $accent; border-color: $accent; }
QPushButton#emergency_stop { border: 1px solid $bad; color: $bad; background: transparent; font-weight: 600;
    padding: 5px 14px; }
QPushButton#emergency_stop:hover { background: $bad; color: $on_bad; }
QPushButton#emergency_stop[latched="true"] { background: $bad; color: $on_bad; }
QPushButton#arm_toggle:checked { border-color: $warn; color: $warn; font-weight: 600; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox { background: $sunken; color: $text; border: 1px solid $border;
    border-radius: 5px; padding: 4px 8px; selection-background-color: $accent; selection-color: $on_accent; }
QDoubleSpinBox[changed="true"] { border-color: $accent; color: $accent; }
QComboBox QAbstractItemView { background: $surface; color: $text; border: 1px solid $border_strong;
    selection-background-color: $selection; selection-color: $text; outline: 0; }
QComboBox::drop-down { border: 0; width: 18px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; }
QAbstractSpinBox QLineEdit { border: 0; padding: 0 8px; background: transparent; }
QListWidget::item { padding: 5px 8px; border-radius: 4px; }
QCheckBox { spacing: 8px; }

QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $dim; padding: 8px 15px 7px 15px; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; font-weight: 600; }
QTabBar::tab:focus { color: $accent; }
QWidget#tab_row { background: $ground; border-bottom: 1px solid $border; }

QTableView, QListView { background: transparent; alternate-background-color: $raised; color: $text; outline: 0;
    border: 1px solid transparent; border-radius: 4px; gridline-color: $border; selection-background-color: $selection;
    selection-color: $text; }
QListWidget { background: $sunken; border-color: $border; }
QListWidget:focus { border-color: $accent; }
QTableView::item { padding: 0 6px; border: 0; }
QTableView::item:selected, QListView::item:selected { background: $selection; color: $text; }
QTableView::item:hover { background: $hover; }
QTableView::item:selected:hover { background: $selection; }
QHeaderView { background: transparent; }
QHeaderView::section { background: transparent; color: $dim; border: 0; border-bottom: 1px solid $border;
    padding: 3px 6px; font-weight: 400; }
QHeaderView::section:hover { color: $text; }
QTableCornerButton::section { background: transparent; border: 0; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $border_strong; border-radius: 4px; margin: 1px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: $sunken; border: 0; border-radius: 4px; min-height: 8px; max-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QMenu { background: $surface; color: $text; border: 1px solid $border_strong; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }

QFrame[notice="true"] { background: $raised; border: 1px solid $border_strong; border-radius: 6px; }
QFrame[notice="true"][tone="bad"] { border-left: 4px solid $bad; }
QFrame[notice="true"][tone="warn"] { border-left: 4px solid $warn; }
QFrame[notice="true"][tone="ok"] { border-left: 4px solid $ok; }
QFrame[notice="true"][tone="info"] { border-left: 4px solid $info; }
QFrame[bubble="true"] { background: $raised; border: 1px solid $accent; border-radius: 9px; }
QFrame[separator="true"] { background: $border; max-height: 1px; min-height: 1px; border: 0; }
""")


def style_sheet(tokens: Tokens) -> str:
    """Return the style sheet for a colour set."""
    return _SHEET.substitute(asdict(tokens))
