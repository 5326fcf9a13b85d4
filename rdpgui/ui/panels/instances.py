"""The instances of the Region: filter, state, SSM."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, ManagedNode
from rdpgui.i18n import N_, _
from rdpgui.ui.icons import icon
from rdpgui.ui.models.aging import Aging
from rdpgui.ui.models.instances import Joined, instances_model
from rdpgui.ui.plain import set_tip
from rdpgui.ui.theme import tokens
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import ElidedLabel, flat_button, label, set_text
from rdpgui.ui.widgets.table import DenseTable

_CALM_MS = 300
"""What is scrolled past is not asked for."""
_MOST_IN_VIEW = 200


class InstancesPanel(Card):
    """Table of instances.

    Signals:
        instance_selected: an instance id. connect_requested: Enter or double click on one.
        rows_shown: others are in view than a moment ago, and stay there.
    """

    instance_selected = Signal(str)
    connect_requested = Signal(str)
    refresh_requested = Signal()
    rows_shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Instances"), "instances_panel", parent)
        self._aging = Aging()
        self._model = instances_model(self._aging)
        self._joined = Joined()
        self._known = False
        self._problem = ""
        self._stale = ElidedLabel(role="dim", name="instances_stale")
        self._stale.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._count = label(role="dim", name="instances_count")
        self._refresh = flat_button("", "instances_refresh")
        self._refresh.clicked.connect(self.refresh_requested)
        self.head.addWidget(self._stale)
        self.head.addWidget(self._count)
        self.head.addWidget(self._refresh)
        self.search = QLineEdit()
        self.search.setObjectName("instances_search")
        self.search.setClearButtonEnabled(True)
        place = QLineEdit.ActionPosition.LeadingPosition
        self._search_icon = self.search.addAction(icon("search", tokens().dim), place)
        self.search.textChanged.connect(self._on_search)
        self.table = DenseTable(self._model, "instances_table")
        self.table.make_sortable(0)
        self.table.set_widths((110, 90, 58, 75), stretch=0, yielding=3)
        self.table.offer_taken.connect(self.search.clear)
        self.table.key_selected.connect(self.instance_selected)
        self.table.key_activated.connect(self.connect_requested)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM_MS)
        self._calm.timeout.connect(self.rows_shown)
        self.table.verticalScrollBar().valueChanged.connect(self._calm.start)
        self.search.textChanged.connect(self._calm.start)
        self.body.addWidget(self.search)
        self.body.addWidget(self.table, 1)
        self._retranslate_own()

    def show_instances(
        self,
        instances: Mapping[InstanceId, Instance],
        nodes: Mapping[InstanceId, ManagedNode],
        *,
        known: bool,
        whole: bool,
    ) -> None:
        """Render; ``known`` False: they were not read yet, ``whole`` False: not to their end.

        What is the same object as before costs nothing.
        """
        self._known = known
        changed = self._joined.changed(instances, nodes, whole=whole)
        if changed is None:
            self._model.set_rows(self._joined.rows())
        else:
            self._model.update_rows(changed)
        self._show_count()

    def show_aging(self, aging: Aging) -> None:
        """Say whether the words in the table still hold."""
        if self._aging != aging:
            self._aging.seen_at, self._aging.nodes_known = aging.seen_at, aging.nodes_known
            self._aging.read, self._aging.rest_at = aging.read, aging.rest_at
            self._model.repaint()

    def show_stale(self, text: str, why: str) -> None:
        """Say since when the list is stale, and why; empty = fresh. Before the first good read, why takes its place."""
        self._problem = why
        self._stale.set_whole(text, why)
        self._stale.setVisible(bool(text))
        self._show_count()

    def rows_in_view(self) -> list[InstanceId]:
        """Return the instances that somebody sees, and the one that is selected."""
        first, last = self.table.rowAt(0), self.table.rowAt(self.table.viewport().height() - 1)
        end = self._model.rowCount() if last < 0 else last + 1
        seen = [self._model.key_at(place) for place in range(max(0, first), min(end, first + _MOST_IN_VIEW))]
        chosen = self.table.selected_key()
        keys = seen if chosen is None else [chosen, *(key for key in seen if key != chosen)]
        return [InstanceId(str(key)) for key in keys] if self._model.rowCount() else []

    def select(self, instance_id: InstanceId | None) -> None:
        """Show which instance is looked at."""
        self.table.select_key(instance_id)

    def _show_count(self) -> None:
        set_text(self._count, f"{self._model.rowCount()} / {self._model.total}")
        if self._model.total:
            empty = _("No instance matches the filter. Clear it to see all.")
        elif self._known:
            empty = _("No instance in this Region. Open another place from the top line.")
        else:
            empty = self._problem or _("Reading the instances …")
        self.table.set_empty_text(empty)
        self.table.offer(_("Clear the filter") if self._model.total else "")

    def _on_search(self, text: str) -> None:
        self._model.set_filter(text)
        self._show_count()

    def _retranslate_own(self) -> None:
        self.search.setPlaceholderText(_("Filter by name, ID, tag"))
        self.search.setAccessibleName(_("Filter the instances"))
        self.table.setAccessibleName(_("Instances"))
        self._refresh.setText(_("Refresh"))
        set_tip(self._count, _("shown / all"))
        self._show_count()

    @override
    def restyle(self) -> None:
        """Take over another theme's colours."""
        if hasattr(self, "_search_icon"):  # the first style change comes while the panel is being built
            self._search_icon.setIcon(icon("search", tokens().dim))

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._model.refresh()
        self._retranslate_own()
