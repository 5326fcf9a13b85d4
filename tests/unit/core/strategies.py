"""Hypothesis strategies for every event, made from the field types."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from rdpgui.core.codec import event_types
from rdpgui.core.events import Event
from rdpgui.core.ids import RunId

_SECONDS = st.floats(0.0, 3e9).map(lambda seconds: datetime.fromtimestamp(round(seconds, 6), UTC))

st.register_type_strategy(datetime, _SECONDS)
st.register_type_strategy(float, st.floats(-1e6, 1e6))
st.register_type_strategy(str, st.text(max_size=8))

RUN_IDS = st.sampled_from([RunId("a"), RunId("b")])


def events_of(name: str) -> st.SearchStrategy[Event]:
    """Return events of one class; those of runs belong to one of two runs."""
    kind = event_types()[name]
    if "run_id" in kind.__dataclass_fields__:
        return st.builds(kind, run_id=RUN_IDS)
    return st.builds(kind)


EVENTS: st.SearchStrategy[Event] = st.one_of([events_of(name) for name in sorted(event_types())])
