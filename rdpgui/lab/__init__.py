"""The lab: a loopback AWS-compatible endpoint with virtual instances and a service-side recorder.

Runs in processes of its own and shares no code with the program, so that a
misunderstanding of AWS shows up as a failing test instead of cancelling out.

``lab.endpoint`` serves HTTP over ``lab.world``, which holds every rule and every
process; ``lab.moto`` alone touches moto.

May import: its own parts, moto, botocore's service models, werkzeug, PyAV,
numpy, cryptography; ``lab.guest`` and ``lab.console`` alone also PySide6.
Never imports another room of rdpgui.
"""
