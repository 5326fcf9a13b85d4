"""rdpgui: does the recording of an RDP connection survive a reboot or a stop of its instance?

Rooms and what each may import are drawn in ``resources/docs/architecture.md``
and enforced by the import contracts in ``pyproject.toml``.
"""

__version__ = "0.1.0"
