"""botocore's chain of credentials with two seams of ours: who is asked for an MFA code, and how a process is run.

The order is that of botocore's own ``create_credential_resolver``, less two providers of before 2010; a test compares
them. It is made anew for each attempt: botocore asks for a code once per object and never again.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from botocore.config import Config
from botocore.credentials import (
    AssumeRoleProvider,
    CanonicalNameCredentialSourcer,
    ContainerProvider,
    CredentialResolver,
    EnvProvider,
    InstanceMetadataProvider,
    ProcessProvider,
    ProfileProviderBuilder,
)
from botocore.exceptions import CredentialRetrievalError
from botocore.session import Session
from botocore.utils import InstanceMetadataFetcher, resolve_imds_endpoint_mode

_NESTED: dict[str, Any] = {
    "ignore_configured_endpoint_urls": True,
    "connect_timeout": 3,
    "read_timeout": 10,
    "retries": {"mode": "standard", "total_max_attempts": 2},
}
"""For the clients that botocore makes itself to assume a role or to ask the SSO portal: they know nothing of ours, and
would send the source keys to whatever address the environment names."""
POLL_S = 0.1
RENEWAL_LIMIT_S = 60.0
"""How long a process may take that botocore runs again by itself: a call waits for it, and nobody can give it up."""
REFRESH_WINDOW_S = 900
"""How long before their end an instance's credentials are read again, as botocore has it."""


class GivenUp(CredentialRetrievalError):
    """A person did not want to wait for a credential_process any longer."""

    def __init__(self) -> None:
        super().__init__(provider=ProcessProvider.METHOD, error_msg="given up")


def process_kind(given_up: threading.Event, signed_in: threading.Event) -> type[subprocess.Popen[bytes]]:
    """Return how a credential_process is run: it never reads the terminal, and ends when it is given up.

    Once somebody is ``signed_in`` with it, it is run to renew its keys, and has a limit.
    """

    class Patient(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "stdin": subprocess.DEVNULL, "start_new_session": True})

        def communicate(self, *_given: Any, **_more: Any) -> tuple[bytes, bytes]:
            ends_mono_s = time.monotonic() + RENEWAL_LIMIT_S if signed_in.is_set() else math.inf
            while True:
                try:
                    return super().communicate(timeout=POLL_S)
                except subprocess.TimeoutExpired as slow:
                    if given_up.is_set():
                        self._end()
                        raise GivenUp from slow
                    if time.monotonic() > ends_mono_s:
                        self._end()
                        late = f"it did not end within {RENEWAL_LIMIT_S:.0f} s"
                        raise CredentialRetrievalError(provider=ProcessProvider.METHOD, error_msg=late) from slow

        def _end(self) -> None:
            if sys.platform != "win32":
                os.killpg(self.pid, signal.SIGKILL)
            else:
                self.kill()
            super().communicate()

    return Patient


class _Builder(ProfileProviderBuilder):
    """Makes the providers of a profile; those of a role's source profile, too."""

    def __init__(self, session: Session, cache: dict[str, Any], popen: type[subprocess.Popen[bytes]]) -> None:
        super().__init__(session, cache=cache)
        self._read_by = session
        self._popen = popen

    def _create_process_provider(self, profile_name: str) -> ProcessProvider:
        return ProcessProvider(profile_name, lambda: self._read_by.full_config, popen=self._popen)


def new_session(profile: str) -> Session:
    """Return a session that reads the files anew; ``profile`` empty takes what the environment names.

    Raises:
        ProfileNotFound, ConfigParseError: botocore's, when something is read.
    """
    session = Session(profile=profile or None)
    session.set_default_client_config(Config(**_NESTED))
    return session


def resolver(
    session: Session,
    *,
    ask: Callable[[str], str],
    given_up: threading.Event,
    signed_in: threading.Event | None = None,
    machine: bool = True,
) -> CredentialResolver:
    """Return the chain.

    Args:
        session: made by ``new_session``.
        ask: gives an MFA code for botocore's question; called in the thread that resolves.
        given_up: set when nobody waits for a process any longer.
        signed_in: set once its credentials are in use: a process is run again by botocore then; None: they never are.
        machine: whether the container or the instance that this runs on is asked, too.
    """
    explicit = session.instance_variables().get("profile") is not None
    profile = session.get_config_variable("profile") or "default"
    cache: dict[str, Any] = {}
    builder = _Builder(session, cache, process_kind(given_up, signed_in or threading.Event()))
    here = [ContainerProvider(), _instance(session)]
    role = AssumeRoleProvider(
        load_config=lambda: session.full_config,
        client_creator=session.create_client,
        cache=cache,
        profile_name=profile,
        prompter=ask,
        credential_sourcer=CanonicalNameCredentialSourcer([EnvProvider(), *here]),
        profile_provider_builder=builder,
    )
    first = [] if explicit else [EnvProvider()]
    of_profile = builder.providers(profile, disable_env_vars=explicit)
    return CredentialResolver([*first, role, *of_profile, *(here if machine else [])])


def _instance(session: Session) -> InstanceMetadataProvider:
    return InstanceMetadataProvider(
        iam_role_fetcher=InstanceMetadataFetcher(
            timeout=session.get_config_variable("metadata_service_timeout"),
            num_attempts=session.get_config_variable("metadata_service_num_attempts"),
            user_agent=session.user_agent(),
            config={
                "ec2_metadata_service_endpoint": session.get_config_variable("ec2_metadata_service_endpoint"),
                "ec2_metadata_service_endpoint_mode": resolve_imds_endpoint_mode(session),
                "ec2_credential_refresh_window": REFRESH_WINDOW_S,
                "ec2_metadata_v1_disabled": session.get_config_variable("ec2_metadata_v1_disabled"),
            },
        )
    )
