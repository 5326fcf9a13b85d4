"""The seam's instances: the few members of moto's EC2 objects that the lab reads and writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from rdpgui.lab.model import LabError, PowerState
from rdpgui.lab.moto.backend import MotoBackend, backend_of
from rdpgui.lab.moto.ec2_shape import reservation_of

STATE_CODES: Final[Mapping[PowerState, int]] = {
    PowerState.PENDING: 0,
    PowerState.RUNNING: 16,
    PowerState.SHUTTING_DOWN: 32,
    PowerState.TERMINATED: 48,
    PowerState.STOPPING: 64,
    PowerState.STOPPED: 80,
}
"""Source: EC2 InstanceState, Code (low byte)."""


class InstanceSeam:
    """moto's EC2 instance objects: the state machine is the world's, moto only stores the result."""

    def __init__(self, moto: MotoBackend) -> None:
        self._moto = moto

    def ids(self) -> list[str]:
        """Return all instance ids, oldest first, terminated ones included."""
        with self._moto.lock:
            return [i.id for r in self._backend().reservations.values() for i in r.instances]

    def exists(self, instance_id: str) -> bool:
        """Return whether there is such an instance, terminated ones included."""
        return instance_id in set(self.ids())

    def run(
        self,
        *,
        image_id: str,
        instance_type: str,
        tags: Mapping[str, str],
        shutdown_behaviour: str = "stop",
        disable_api_stop: bool = False,
        disable_api_termination: bool = False,
        instance_profile_arn: str = "",
        spot: bool = False,
        root_device_type: str = "ebs",
        hibernation: bool = False,
    ) -> str:
        """Launch one instance (one reservation each, as moto pages by reservation); returns its id."""
        params: dict[str, Any] = {
            "ImageId": image_id,
            "InstanceType": instance_type,
            "MinCount": 1,
            "MaxCount": 1,
            "InstanceInitiatedShutdownBehavior": shutdown_behaviour,
            "DisableApiTermination": disable_api_termination,
            "TagSpecifications": [
                {"ResourceType": "instance", "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}
            ],
        }
        if instance_profile_arn:
            params["IamInstanceProfile"] = {"Arn": instance_profile_arn}
        instance_id = str(self._moto.call("ec2", "RunInstances", **params)["Instances"][0]["InstanceId"])
        with self._moto.lock:
            instance = self._get(instance_id)
            # moto drops DisableApiTermination of RunInstances.
            instance.disable_api_termination = disable_api_termination
            instance.disable_api_stop = disable_api_stop
            instance.root_device_type = root_device_type
            instance.hibernation_options = {"Configured": hibernation}
            if spot:
                instance.lifecycle = "spot"
        return instance_id

    def windows_image(self, word: str) -> str:
        """Return the id of a Windows image whose name contains ``word`` (any Windows image when none does).

        Raises:
            LabError: InvalidAMIID.NotFound: moto brings no Windows images.
        """
        with self._moto.lock:
            images = [i for i in self._backend().amis.values() if (getattr(i, "platform", "") or "") == "windows"]
        for image in sorted(images, key=_image_order):
            if word.lower() in (image.name or "").lower():
                return str(image.id)
        if not images:
            raise LabError("InvalidAMIID.NotFound", "The lab has no Windows image.", 400)
        return str(images[0].id)

    def windows_images(self) -> dict[str, str]:
        """Return the Windows images: id -> name, as ``Windows_Server-2022-English-Full-Base-2026.10.14``."""
        with self._moto.lock:
            images = [i for i in self._backend().amis.values() if (getattr(i, "platform", "") or "") == "windows"]
        return {str(image.id): str(image.name or "") for image in images}

    def power(self, instance_id: str) -> PowerState:
        """Return the state. Raises LabError InvalidInstanceID.NotFound."""
        with self._moto.lock:
            return PowerState(self._get(instance_id).state)

    def set_power(
        self,
        instance_id: str,
        state: PowerState,
        *,
        reason_code: str = "",
        reason_message: str = "",
        transition_reason: str = "",
    ) -> None:
        """Store a state with its reasons.

        Args:
            instance_id: the instance.
            state: the new state.
            reason_code: StateReason.Code, for example ``Client.UserInitiatedShutdown``.
            reason_message: StateReason.Message.
            transition_reason: StateTransitionReason, for example ``User initiated (2026-01-01 00:00:00 GMT)``.
        """
        with self._moto.lock:
            instance = self._get(instance_id)
            instance._state.name = state.value
            instance._state.code = STATE_CODES[state]
            instance._reason = transition_reason
            instance.state_reason.code = reason_code
            instance.state_reason.message = reason_message

    def set_launch_time(self, instance_id: str, at: datetime) -> None:
        """Store LaunchTime (aware UTC)."""
        with self._moto.lock:
            # moto keeps naive UTC and writes it as such.
            self._get(instance_id).launch_time = at.astimezone(UTC).replace(tzinfo=None)

    def shutdown_behaviour(self, instance_id: str) -> str:
        """Return ``stop`` or ``terminate``, as it is now (ModifyInstanceAttribute may have changed it)."""
        with self._moto.lock:
            return str(self._get(instance_id).instance_initiated_shutdown_behavior)

    def stop_protected(self, instance_id: str) -> bool:
        """Return disableApiStop as it is now."""
        with self._moto.lock:
            return _truth(self._get(instance_id).disable_api_stop)

    def termination_protected(self, instance_id: str) -> bool:
        """Return disableApiTermination as it is now."""
        with self._moto.lock:
            return _truth(self._get(instance_id).disable_api_termination)

    def tags(self, instance_id: str) -> dict[str, str]:
        """Return the tags as they are now."""
        with self._moto.lock:
            return {str(t["key"]): str(t["value"]) for t in self._get(instance_id).get_tags()}

    def set_tag(self, instance_id: str, key: str, value: str) -> None:
        """Write a tag as the service itself may: also one of the reserved ``aws:`` keys."""
        with self._moto.lock:
            self._get(instance_id).add_tags({key: value})

    def private_ip(self, instance_id: str) -> str:
        """Return the private IPv4 address."""
        with self._moto.lock:
            return str(self._get(instance_id).private_ip or "")

    def describe(self, instance_ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return reservations (``Reservation`` of DescribeInstances, one instance each) in the given order."""
        wanted = list(instance_ids)
        with self._moto.lock:
            pairs = {i.id: (r, i) for r in self._backend().reservations.values() for i in r.instances}
            return [reservation_of(*pairs[i]) for i in wanted if i in pairs]

    def _backend(self) -> Any:
        return backend_of("ec2")[self._moto.account_id][self._moto.region]

    def _get(self, instance_id: str) -> Any:
        for reservation in self._backend().reservations.values():
            for instance in reservation.instances:
                if instance.id == instance_id:
                    return instance
        raise LabError("InvalidInstanceID.NotFound", f"The instance ID '{instance_id}' does not exist", 400)


def _image_order(image: Any) -> tuple[bool, str]:
    # English full base images first: the fleet is plain servers, not SQL or container hosts.
    name = image.name or ""
    return ("English-Full-Base" not in name, name)


def _truth(value: object) -> bool:
    return str(value).lower() == "true"
