"""One session, and one shared client per service, Region and retry plan.

Clients may be shared between threads, sessions may not: every client is made
here, under a lock, by a worker thread. All of them sign with what the holder
has (``sign_in.py`` fills it); explicit keys are for the lab only. Endpoints come from us only: the settings
of the environment and of profiles are ignored, because a profile that names
some services would send the others to another account's AWS.
"""

from __future__ import annotations

import os
import shlex
import threading
from dataclasses import dataclass
from typing import Any

from rdpgui.aws import guard
from rdpgui.aws.errors import foreign_errors, translate
from rdpgui.aws.profiles import chosen, profiles
from rdpgui.aws.service_models import service_models
from rdpgui.aws.sign_in_errors import Who, no_profile
from rdpgui.core.access import CredentialKind
from rdpgui.core.errors import LabError, RdpguiError, SettingsError
from rdpgui.core.regions import checked_region

EXAMPLE_REGION = "ap-northeast-1"


@dataclass(frozen=True, slots=True)
class LabKeys:
    """Keys of the embedded lab. ``secret_access_key`` is kept out of the representation, and so out of logs."""

    access_key_id: str
    secret_access_key: str

    def __repr__(self) -> str:
        return f"LabKeys(access_key_id={self.access_key_id!r})"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how often the SDK tries a read."""

    attempts: int = 4
    connect_timeout_s: float = 3.0
    read_timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where calls go.

    Attributes:
        profile: empty takes botocore's default chain.
        region: empty takes the profile's.
        endpoint_url: empty means AWS.
        lab_keys: given in lab mode only; then nothing is read from the environment or from profiles.
    """

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    lab_keys: LabKeys | None = None

    @property
    def lab(self) -> bool:
        """Whether this is the embedded lab."""
        return self.lab_keys is not None


class ClientSource:
    """Makes and shares clients. Blocking: called by worker threads only.

    Attributes:
        place: where calls go.
        region: the Region in use, known after ``open()``.
        holder: what the clients sign with, there after ``open()``; None in the lab.
    """

    def __init__(self, place: Place, pace: Pace | None = None, *, user_agent_extra: str = "rdpgui") -> None:
        self.place = place
        self.region = place.region
        self._pace = pace or Pace()
        self._user_agent_extra = user_agent_extra
        self._lock = threading.Lock()
        self._session: Any = None
        self.holder: Any = None
        self._clients: dict[tuple[str, str, bool], Any] = {}

    def open(self) -> None:
        """Import boto3 and make the session.

        Raises:
            SettingsError: the profile does not exist, or there is no Region.
            LabError: lab keys without an endpoint.
        """
        with self._lock:
            if self._session is None:
                self._session = self._new_session()

    def client(self, service: str, *, mutating: bool = False, region: str = "") -> Any:
        """Return the shared client.

        Args:
            service: boto3's name, for example ``ssm-guiconnect``.
            mutating: a client that tries once: a change is never sent again after an unknown outcome.
            region: another Region than the session's (a bucket's); empty for the session's.

        Raises:
            SettingsError: no such Region or endpoint.
        """
        key = (service, region or self.region, mutating)
        found = self._clients.get(key)
        if found is not None:
            return found
        self.open()
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._new_client(service, region or self.region, mutating)
            return self._clients[key]

    def account_of(self, frozen: Any) -> str:
        """Return the account of other credentials than those that are held.

        Raises:
            ClientError, BotoCoreError: botocore's.
        """
        self.open()
        with self._lock:
            client = self._new_client("sts", self.region, False, frozen)
        try:
            return str(client.get_caller_identity()["Account"])
        finally:
            client.close()

    def _new_session(self) -> Any:
        if self.place.lab and not self.place.endpoint_url:
            raise LabError("The lab's keys were given without the lab's address.", "Restart the lab.")
        import boto3

        try:
            session = boto3.Session(
                region_name=self.place.region or None,
                profile_name=None if self.place.lab else self.place.profile or None,
                botocore_session=self._botocore_session(),
                aws_access_key_id=self.place.lab_keys.access_key_id if self.place.lab_keys else None,
                aws_secret_access_key=self.place.lab_keys.secret_access_key if self.place.lab_keys else None,
            )
        except foreign_errors() as error:
            raise self._why_no_session(error) from error
        self.region = session.region_name or ""
        if not self.region:
            raise self._no_region()
        if not self.place.endpoint_url:  # elsewhere Regions have names of their own
            checked_region(self.region)
        guard.install(session.events)
        return session

    def _why_no_session(self, error: Exception) -> RdpguiError:
        named = chosen(self.place.profile, self.place.region).profile or "default"
        nothing = CredentialKind.NOTHING
        if type(error).__name__ == "ProfileNotFound":
            return no_profile(Who(named, named, nothing, nothing, tuple(line.name for line in profiles())))
        return translate(error, operation="session", url=self.place.endpoint_url)

    def _no_region(self) -> SettingsError:
        named = chosen(self.place.profile, self.place.region).profile or "default"
        return SettingsError(
            "Profile {profile} has no Region.",
            "Choose one, or run `{command}`.",
            profile=named,
            command=f"aws configure set region {EXAMPLE_REGION} --profile {shlex.quote(named)}",
        )

    def _botocore_session(self) -> Any:
        """Return a session that reads no profile and no settings file in lab mode."""
        import botocore.session

        if not self.place.lab:
            session = botocore.session.Session()
            self.holder = self._hold(session)
        else:
            nowhere = (None, None, os.devnull, None)
            session = botocore.session.Session(
                session_vars={"profile": (None, None, None, None), "config_file": nowhere, "credentials_file": nowhere}
            )
        # Asked for when the first client is made: a setting that is read earlier would fix the profile.
        session.lazy_register_component("data_loader", lambda: service_models(session.get_config_variable("data_path")))
        return session

    def _hold(self, session: Any) -> Any:
        """Let a session sign with a holder, empty until somebody signs in; return it."""
        from rdpgui.aws.holder import Holder, HolderProvider

        holder = Holder()
        session.register_component("credential_provider", HolderProvider(holder))
        return holder

    def _new_client(self, service: str, region: str, mutating: bool, frozen: Any = None) -> Any:
        try:
            client = self._session.client(
                service,
                region_name=region,
                endpoint_url=self.place.endpoint_url or None,
                config=self._config(service, mutating),
                aws_access_key_id=frozen.access_key if frozen is not None else None,
                aws_secret_access_key=frozen.secret_key if frozen is not None else None,
                aws_session_token=frozen.token if frozen is not None else None,
            )
        except foreign_errors() as error:
            raise translate(error, operation=f"{service}:client", url=self.place.endpoint_url) from error
        except ValueError as error:
            raise SettingsError(
                "The endpoint {url} cannot be used: {message}",
                "Give a URL such as http://127.0.0.1:4566.",
                url=self.place.endpoint_url,
                message=str(error),
            ) from error
        if self.place.endpoint_url and client.meta.endpoint_url.rstrip("/") != self.place.endpoint_url.rstrip("/"):
            raise SettingsError(
                "Calls to {service} would go to {found}, not to {wanted}.",
                "Remove endpoint settings from the environment and the profile.",
                service=service,
                found=client.meta.endpoint_url,
                wanted=self.place.endpoint_url,
            )
        return client

    def _config(self, service: str, mutating: bool) -> Any:
        from botocore.config import Config

        retries = {
            # After one throttle, adaptive mode slows a client to a call every two seconds: right for the shared
            # limits of the control plane, wrong for the parts of an object.
            "mode": "standard" if mutating or service == "s3" else "adaptive",
            "total_max_attempts": 1 if mutating else self._pace.attempts,
        }
        options: dict[str, Any] = {
            "connect_timeout": self._pace.connect_timeout_s,
            "read_timeout": self._pace.read_timeout_s,
            "retries": retries,
            "max_pool_connections": 16,
            "user_agent_extra": self._user_agent_extra,
            "ignore_configured_endpoint_urls": True,
            # S3 sends full-object checksums that do not fit a range; download.py compares the whole object itself.
            "response_checksum_validation": "when_required",
            "request_checksum_calculation": "when_required",
        }
        if service == "s3":
            options["signature_version"] = "s3v4"
        if self.place.endpoint_url:
            options |= {"use_fips_endpoint": False, "use_dualstack_endpoint": False}
        if self.place.lab:
            options["proxies"] = {}
        return Config(**options)
