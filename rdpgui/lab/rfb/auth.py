"""VNC authentication: a 16-byte challenge encrypted with DES under the password.

Weak by today's measure (DES, eight characters), which is why the servers listen on
loopback only and passwords are random and live as long as one process.

Source: RFC 6143 §7.2.2.
"""

from __future__ import annotations

import os

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import ECB

CHALLENGE_BYTES = 16
_KEY_BYTES = 8


def _mirrored(byte: int) -> int:
    return int(f"{byte:08b}"[::-1], 2)


def new_challenge() -> bytes:
    """A fresh random challenge of 16 bytes."""
    return os.urandom(CHALLENGE_BYTES)


def response_to(challenge: bytes, password: str) -> bytes:
    """The answer a client gives to ``challenge``.

    Args:
        challenge: 16 bytes from the server.
        password: only its first eight bytes (UTF-8) count, as in every VNC implementation.

    Returns:
        16 bytes.
    """
    key = password.encode()[:_KEY_BYTES].ljust(_KEY_BYTES, b"\0")
    mirrored = bytes(_mirrored(byte) for byte in key)
    # NOTE single DES is triple DES with one key three times; cryptography accepts 24-byte keys only.
    encryptor = Cipher(TripleDES(mirrored * 3), ECB()).encryptor()  # noqa: S305 - the protocol's cipher
    return encryptor.update(challenge) + encryptor.finalize()


def is_valid_response(challenge: bytes, response: bytes, password: str) -> bool:
    """Whether ``response`` answers ``challenge``, compared in constant time."""
    import hmac  # here: it loads a second OpenSSL, 4 MB that a recorder without viewers need not hold

    return hmac.compare_digest(response, response_to(challenge, password))
