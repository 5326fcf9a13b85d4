"""One credentials object for all clients, whose content is exchanged: nobody makes a client anew to sign in again.

Imported late: botocore's credentials cost what the first picture does not wait for.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError


class NobodySignedIn(BotoCoreError):
    """A call was made before anybody signed in. No client of ours ever asks a person or starts a process by itself."""

    fmt = "Nobody is signed in"


class Holder:
    """Is to botocore what its own credentials are, and delegates to what it holds.

    Source: botocore ``credentials.py``; clients ask for ``get_frozen_credentials`` at each call they sign.
    """

    def __init__(self) -> None:
        self._inner: Any = None

    def fill(self, inner: Any) -> None:
        """Take other credentials; live in every client at once."""
        self._inner = inner

    @property
    def filled(self) -> bool:
        """Whether somebody is signed in."""
        return self._inner is not None

    def _need(self) -> Any:
        if self._inner is None:
            raise NobodySignedIn
        return self._inner

    def get_frozen_credentials(self) -> Any:
        """Return what a call is signed with."""
        return self._need().get_frozen_credentials()

    @property
    def access_key(self) -> Any:
        """Return the id of the key."""
        return self._need().access_key

    @property
    def secret_key(self) -> Any:
        """Return the key."""
        return self._need().secret_key

    @property
    def token(self) -> Any:
        """Return the session's token."""
        return self._need().token

    @property
    def account_id(self) -> Any:
        """Return the account as configured; it is no observation."""
        return None if self._inner is None else self._inner.account_id

    @property
    def method(self) -> str:
        """Return botocore's word for where the credentials are from."""
        return "" if self._inner is None else str(self._inner.method)

    def get_deferred_property(self, property_name: str) -> Any:
        """Return what gives a property when it is needed."""
        return lambda: getattr(self, property_name, None)


class HolderProvider:
    """Stands in for botocore's chain as a session's component ``credential_provider``."""

    def __init__(self, holder: Holder) -> None:
        self._holder = holder

    def load_credentials(self) -> Holder:
        """Return the holder, full or empty."""
        return self._holder
