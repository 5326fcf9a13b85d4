"""The recording broker: one process per remote-desktop connection, outside the machine it films.

It looks at the guest, lets a person look and type through it, and writes the film as
encrypted segments; when the connection ends it makes the finished film of them. It
outlives the guest by construction. Configuration and commands come on standard input
only, see ``resources/docs/lab.md``.

May import: ``lab.rfb``, PyAV, numpy, cryptography, the standard library.
"""
