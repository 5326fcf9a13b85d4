"""The lab's world: instances as processes, connections, sessions, the audit list.

May import: standard library, lab.model, lab.scenario, lab.faults, lab.moto. No wire code.
"""
