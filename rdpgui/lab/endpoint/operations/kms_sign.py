"""KMS: signatures over a digest. moto hashes what it is given once more, whatever MessageType says."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.model import LabError

Members = dict[str, Any]


def sign(context: Context, params: Members) -> Members:
    """Sign a message or its digest. Source: KMS Sign."""
    algorithm, hashed = str(params["SigningAlgorithm"]), _hashed(params)
    signature, arn = context.seam.kms.sign(params["KeyId"], _bytes(params, "Message"), algorithm, hashed=hashed)
    return {"KeyId": arn, "Signature": signature, "SigningAlgorithm": params["SigningAlgorithm"]}


def verify(context: Context, params: Members) -> Members:
    """Verify a signature. Source: KMS Verify. Raises LabError KMSInvalidSignatureException."""
    message, signature = _bytes(params, "Message"), _bytes(params, "Signature")
    algorithm, hashed = str(params["SigningAlgorithm"]), _hashed(params)
    arn = context.seam.kms.verify(params["KeyId"], message, signature, algorithm, hashed=hashed)
    return {"KeyId": arn, "SignatureValid": True, "SigningAlgorithm": params["SigningAlgorithm"]}


def _hashed(params: Members) -> bool:
    return bool(params.get("MessageType", "RAW") == "DIGEST")


def _bytes(params: Members, name: str) -> bytes:
    """Return a blob, which the wire has in base64. Raises LabError SerializationException."""
    try:
        return base64.b64decode(params[name], validate=True)
    except (binascii.Error, TypeError) as error:
        raise LabError("SerializationException", f"{name} is not base64.", 400) from error


OPERATIONS: Final = {"Sign": sign, "Verify": verify}
