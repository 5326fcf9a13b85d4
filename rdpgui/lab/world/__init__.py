"""The lab's world: instances as processes, connections, sessions, the audit list.

May import: standard library, lab.model, lab.scenario, the moto seam. No wire code.
"""
