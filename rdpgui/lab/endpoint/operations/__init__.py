"""The endpoint's own operations: what moto lacks or does otherwise than AWS.

Each operation takes its validated input and returns the members of its output;
rules live in the world, the wire in ``lab.endpoint.wire``.

May import: standard library, lab.model, the rest of lab.endpoint, lab.moto.seam,
lab.world.policy (pure); what of the world an operation asks is in its context.
"""
