"""Signatures of KMS's asymmetric keys, over a message or over its digest.

moto keeps the keys; it hashes what it is given once more, whatever MessageType says, and salts PSS otherwise than KMS.
Source: KMS Developer Guide, key spec reference (salt as long as the digest); KMS Sign and Verify.
"""

from __future__ import annotations

from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from rdpgui.lab.model import LabError

_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}


def sign(key: Any, message: bytes, algorithm: str, *, hashed: bool) -> bytes:
    """Return a signature. Raises LabError ValidationException.

    Args:
        key: private key of the ``cryptography`` package.
        message: the message, or its digest where ``hashed``.
        algorithm: a SigningAlgorithm of the key.
        hashed: it is the digest.
    """
    how, digest = _HASHES[algorithm[-3:]], _digest(message, algorithm, hashed=hashed)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(digest, _padding(algorithm, how), utils.Prehashed(how))
    signed: bytes = key.sign(digest, ec.ECDSA(utils.Prehashed(how)))
    return signed


def verifies(key: Any, message: bytes, signature: bytes, algorithm: str, *, hashed: bool) -> bool:
    """Whether a signature is of this key and message. Raises LabError ValidationException."""
    how, digest = _HASHES[algorithm[-3:]], _digest(message, algorithm, hashed=hashed)
    public = key.public_key()
    try:
        if isinstance(key, rsa.RSAPrivateKey):
            public.verify(signature, digest, _padding(algorithm, how), utils.Prehashed(how))
        else:
            public.verify(signature, digest, ec.ECDSA(utils.Prehashed(how)))
    except InvalidSignature:
        return False
    return True


def _padding(algorithm: str, how: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if "PSS" in algorithm:
        return padding.PSS(mgf=padding.MGF1(how), salt_length=how.digest_size)
    return padding.PKCS1v15()


def _digest(message: bytes, algorithm: str, *, hashed: bool) -> bytes:
    how = _HASHES[algorithm[-3:]]
    if hashed:
        if len(message) != how.digest_size:
            raise LabError("ValidationException", f"Digest is invalid length for algorithm {algorithm}.", 400)
        return message
    made = hashes.Hash(how)
    made.update(message)
    return made.finalize()
