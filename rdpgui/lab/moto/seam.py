"""The only place that touches moto: its calls, and its few objects that the lab reads and writes."""

from __future__ import annotations

from rdpgui.lab.moto.backend import ACCOUNT_ID, MotoBackend
from rdpgui.lab.moto.instances import InstanceSeam
from rdpgui.lab.moto.stores import KmsSeam, S3Seam


class MotoSeam(MotoBackend):
    """moto with names for what the lab needs of its objects.

    Attributes:
        instances: EC2 instance objects.
        kms: keys and data keys.
        s3: buckets and objects.
    """

    def __init__(self, *, account_id: str = ACCOUNT_ID, region: str = "us-east-1") -> None:
        super().__init__(account_id=account_id, region=region)
        self.instances = InstanceSeam(self)
        self.kms = KmsSeam(self)
        self.s3 = S3Seam(self)
