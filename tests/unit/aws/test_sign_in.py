"""Signing in: what was resolved, one sentence for each cause, and nobody is ever asked on a terminal."""

from __future__ import annotations

import asyncio
import getpass
import hashlib
import json
import logging
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.credentials import RefreshableCredentials, create_credential_resolver
from botocore.exceptions import ClientError, CredentialRetrievalError, EndpointConnectionError

from rdpgui.aws import chain, cli_login, profiles
from rdpgui.aws.errors import translate
from rdpgui.aws.factory import AwsPorts, connect
from rdpgui.aws.sign_in import CODE_REFUSED
from rdpgui.aws.sign_in_errors import Who, explained
from rdpgui.core.access import CredentialKind, NamedBy
from rdpgui.core.errors import AwsError, CredentialsExpired, RdpguiError, SettingsError, Throttled, Unreachable
from rdpgui.core.sign_in import SignInNeed, SignInStep, Way
from tests.helpers.limits import limit_s
from tests.helpers.waiting import wait_for
from tests.unit.aws.accounts import SECRET, TOKEN, WRONG, Files, Sts, answered, process_that_prints
from tests.unit.aws.test_errors import client_error

pytestmark = pytest.mark.asyncio

KEYS = f"aws_access_key_id = AKIA{{name}}\naws_secret_access_key = {SECRET}\n"
MFA = """[profile ops]
role_arn = arn:aws:iam::222222222222:role/ops
source_profile = base
mfa_serial = arn:aws:iam::111111111111:mfa/ann
region = eu-west-1
"""
SSO = """[profile work]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Audit
region = ap-northeast-1
[profile child]
role_arn = arn:aws:iam::222222222222:role/child
source_profile = work
region = eu-west-1
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    return Files(tmp_path, monkeypatch)


def keys(name: str) -> str:
    return f"[{name}]\n" + KEYS.format(name=name.upper())


class Desk:
    """Answers with these codes, then gives up."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)
        self.asked: list[tuple[str, str]] = []

    async def mfa_code(self, serial: str, problem: str) -> str:
        self.asked.append((serial, problem))
        return self.codes.pop(0) if self.codes else ""


async def opened(profile: str = "", region: str = "", desk: Desk | None = None) -> AwsPorts:
    return await connect(profile=profile, region=region, desk=desk)


async def failed(profile: str, region: str = "us-east-1", desk: Desk | None = None) -> RdpguiError:
    """Return why nobody can be signed in."""
    with pytest.raises(RdpguiError) as found:
        ports = await opened(profile, region, desk)
        assert ports.sign_in is not None
        await ports.sign_in.resolve()
    return found.value


def frozen(ports: AwsPorts) -> Any:
    clients: Any = ports.caller.clients
    return clients.holder.get_frozen_credentials()


@pytest.mark.case("P5")
async def test_that_a_profile_of_the_environment_is_named_with_its_region(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write("[profile envp]\nregion = eu-west-1\n", keys("envp") + keys("default"))
    monkeypatch.setenv("AWS_PROFILE", "envp")
    ports = await opened()
    assert ports.sign_in is not None
    access = await ports.sign_in.resolve()
    assert (access.profile, access.profile_from) == ("envp", NamedBy.ENVIRONMENT)
    assert (ports.region, access.region_from, access.kind) == ("eu-west-1", NamedBy.PROFILE, CredentialKind.STATIC)
    assert frozen(ports).access_key == "AKIAENVP"


@pytest.mark.case("P5")
async def test_that_keys_of_the_environment_are_said_to_be_what_signs(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write("", keys("envp"))
    monkeypatch.setenv("AWS_PROFILE", "envp")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://trap.example")
    ports = await opened()
    assert ports.sign_in is not None
    access = await ports.sign_in.resolve()
    assert (access.kind, access.region_from) == (CredentialKind.ENVIRONMENT, NamedBy.ENVIRONMENT)
    assert access.ignored == ("AWS_ENDPOINT_URL",)
    chosen = await opened("envp")
    assert chosen.sign_in is not None
    assert (await chosen.sign_in.resolve()).kind is CredentialKind.STATIC


@pytest.mark.case("P4")
async def test_that_an_unknown_profile_is_named_with_the_nearest_and_what_helps(files: Files) -> None:
    files.write("", keys("sandbox"))
    error = await failed("sandbx")
    assert isinstance(error, CredentialsExpired)
    assert error.need.command == "aws configure sso --profile sandbx"
    assert "sandbx" in error.text() and "sandbox is there" in error.text()


@pytest.mark.case("P4")
async def test_that_a_profile_without_a_region_is_named(files: Files) -> None:
    files.write("", keys("work"))
    error = await failed("work", "")
    assert isinstance(error, SettingsError)
    assert error.text() == (
        "Profile work has no Region. Choose one, or run `aws configure set region ap-northeast-1 --profile work`."
    )


@pytest.mark.case("P4")
@pytest.mark.parametrize("profile", ["work", "child"])
async def test_that_a_missing_sso_sign_in_names_the_command_of_the_profile_that_signs_in(
    files: Files, profile: str
) -> None:
    files.write(SSO)
    error = await failed(profile)
    assert isinstance(error, CredentialsExpired)
    assert (error.need.command, error.need.way) == ("aws sso login --profile work", Way.SSO)
    assert error.text().startswith(f"The sign-in of profile {profile} has ended.")


@pytest.mark.case("P4")
async def test_that_a_profile_with_nothing_to_sign_in_with_says_so(files: Files) -> None:
    files.write("[profile empty]\nregion = eu-west-1\n")
    assert (await failed("empty")).text().startswith("Profile empty has nothing to sign in with.")


@pytest.mark.case("P4")
@pytest.mark.parametrize(
    ("process", "told"),
    [
        ("no-such-program-here --x", "cannot be started"),
        ("echo not-json", "printed no JSON"),
        (f'"{sys.executable}" -c \'import sys; sys.exit("ask ops")\'', "failed: ask ops"),
    ],
)
async def test_that_a_process_that_fails_is_named(files: Files, process: str, told: str) -> None:
    files.write(f"[profile proc]\ncredential_process = {process}\n")
    text = (await failed("proc")).text()
    assert told in text and "profile proc" in text


@pytest.mark.case("P1")
@pytest.mark.logs("Refreshing temporary credentials failed")
async def test_that_a_code_is_asked_at_the_desk_until_one_is_accepted_and_never_on_a_terminal(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(MFA, keys("base"))
    files.sts(Sts(right="222222"))
    monkeypatch.setattr(getpass, "getpass", pytest.fail)
    desk = Desk("111111", "222222")
    ports = await opened("ops", desk=desk)
    assert ports.sign_in is not None
    access = await ports.sign_in.resolve()
    assert [problem for _serial, problem in desk.asked] == ["", CODE_REFUSED]
    assert desk.asked[0][0] == "arn:aws:iam::111111111111:mfa/ann"
    assert access.kind is CredentialKind.ASSUME_ROLE
    assert access.expires_at is not None
    assert [frozen(ports).access_key for _ in range(3)] == ["ASIAROLE"] * 3
    assert len(desk.asked) == 2, "a code is asked for by a person's own wish only"


@pytest.mark.case("P1")
@pytest.mark.logs("Refreshing temporary credentials failed")
async def test_that_a_cancelled_code_is_one_sentence_and_can_be_asked_for_again(files: Files) -> None:
    files.write(MFA, keys("base"))
    files.sts(Sts(right="222222"))
    desk = Desk("")
    ports = await opened("ops", desk=desk)
    assert ports.sign_in is not None
    with pytest.raises(CredentialsExpired, match="Profile ops asks for an MFA code, and none was given"):
        await ports.sign_in.resolve()
    with pytest.raises(CredentialsExpired, match="Profile ops"):
        await ports.identity.identity()
    desk.codes = ["222222"]
    await ports.sign_in.resolve()
    assert frozen(ports).access_key == "ASIAROLE"


@pytest.mark.case("P1")
async def test_that_the_source_keys_of_a_role_never_go_where_the_environment_points(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(MFA.replace("mfa_serial", "external_id"), keys("base"))
    sts = Sts()
    files.sts(sts)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    ports = await opened("ops")
    assert ports.sign_in is not None
    await ports.sign_in.resolve()
    assert [url for url in sts.hosts if "amazonaws.com" not in url] == []


@pytest.mark.case("P2")
async def test_that_new_keys_in_the_files_are_taken_by_every_client(files: Files) -> None:
    files.write("", keys("work"))
    ports = await opened("work", "us-east-1")
    assert ports.sign_in is not None
    await ports.sign_in.resolve()
    client: Any = await ports.caller.run(ports.caller.clients.client, "sts")
    assert client._request_signer._credentials.get_frozen_credentials().access_key == "AKIAWORK"
    changed = [ports.sign_in.files_changed]
    files.write("", keys("work").replace("AKIAWORK", "AKIAFRESH"))
    changed.append(ports.sign_in.files_changed)
    assert changed == [False, True]
    await ports.sign_in.resolve()
    assert client._request_signer._credentials.get_frozen_credentials().access_key == "AKIAFRESH"


@pytest.mark.case("P3")
async def test_that_a_process_that_hangs_can_be_given_up_and_leaves_nothing(files: Files, tmp_path: Path) -> None:
    mark = tmp_path / "running"
    files.write(f"[profile slow]\ncredential_process = sh -c 'echo $$ > {mark}; sleep 600'\n")
    ports = await opened("slow", "us-east-1")
    assert ports.sign_in is not None
    trying = asyncio.ensure_future(ports.sign_in.resolve())
    await asyncio.to_thread(wait_for, _has_text(mark), limit_s=limit_s(5))
    assert ports.sign_in.waits_for == "credential_process"
    pid = int(mark.read_text())
    ports.sign_in.give_up()
    with pytest.raises(CredentialsExpired, match="profile slow was given up"):
        await trying
    await asyncio.to_thread(wait_for, lambda: not Path(f"/proc/{pid}").exists(), limit_s=limit_s(5))


def _has_text(path: Path) -> Callable[[], bool]:
    return lambda: path.exists() and bool(path.read_text().strip())


async def test_that_the_chain_is_botocores_but_for_two_providers_of_before_2010(files: Files) -> None:
    for explicit in ("", "work"):
        session = chain.new_session(explicit)
        files.write("", keys("work"))
        theirs = [type(p).__name__ for p in create_credential_resolver(session).providers]
        ours = chain.resolver(session, ask=str, given_up=threading.Event()).providers
        assert [type(p).__name__ for p in ours] == [
            name for name in theirs if name not in ("OriginalEC2Provider", "BotoProvider")
        ]


async def test_that_profiles_are_listed_with_their_kinds_and_without_any_key(files: Files) -> None:
    files.write(
        SSO + MFA + "[default]\nregion = us-east-1\n[profile tool]\ncredential_process = x\n"
        "[profile web]\nrole_arn = arn:aws:iam::1:role/r\nweb_identity_token_file = t\n"
        "[profile dev]\nlogin_session = arn:aws:iam::1:user/ann\n",
        keys("default") + keys("base"),
    )
    found = profiles.profiles()
    assert [(line.name, line.kind) for line in found] == [
        ("default", CredentialKind.STATIC),
        ("base", CredentialKind.STATIC),
        ("child", CredentialKind.ASSUME_ROLE),
        ("dev", CredentialKind.LOGIN),
        ("ops", CredentialKind.ASSUME_ROLE),
        ("tool", CredentialKind.PROCESS),
        ("web", CredentialKind.WEB_IDENTITY),
        ("work", CredentialKind.SSO),
    ]
    assert [line.name for line in found if line.mfa] == ["ops"]
    assert {line.name: line.account for line in found}["work"] == "123456789012"
    assert SECRET not in repr(found)


@pytest.mark.parametrize("broken", ["[default\n", "aws_access_key_id = x\n", "[a]\nk\n"])
async def test_that_a_file_that_cannot_be_read_is_named(files: Files, broken: str) -> None:
    files.write(broken)
    assert str(files.config) in (await failed("work")).text()


async def test_that_no_key_and_no_token_is_in_the_log_or_in_an_error(
    files: Files, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "rdpgui")
    caplog.set_level(logging.INFO, "botocore")
    process = process_that_prints(tmp_path, SessionToken=TOKEN)
    files.write(
        f"[profile tool]\ncredential_process = {process}\nregion = us-east-1\n"
        f"[profile bad]\ncredential_process = echo {SECRET}\n"
        "[profile half]\nregion = us-east-1\n",
        f"[half]\naws_secret_access_key = {SECRET}\n",
    )
    ports = await opened("tool")
    assert ports.sign_in is not None
    access = await ports.sign_in.resolve()
    told = [
        repr(access),
        repr(ports),
        repr(ports.sign_in.who),
        (await failed("bad")).text(),
        (await failed("half")).text(),
    ]
    assert frozen(ports).secret_key == SECRET
    for text in (*told, caplog.text):
        assert SECRET not in text and TOKEN not in text


@pytest.mark.case("P8")
async def test_that_a_region_that_is_not_enabled_is_no_matter_of_signing_in(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write("", keys("work"))
    ports = await opened("work", "af-south-1")
    assert ports.sign_in is not None
    await ports.sign_in.resolve()
    for region, answer in (("af-south-1", UNKNOWN_TOKEN), ("us-east-1", (200, IDENTITY))):
        client: Any = ports.caller.clients.client("sts", region=region)
        client.meta.events.register("before-send.sts", partial(_answer, *answer))
    error = pytest.raises(SettingsError, match="Region af-south-1 is not enabled for this account")
    with error as found:
        await ports.identity.identity()
    assert "aws account enable-region --region-name af-south-1" in found.value.text()


def _answer(status: int, text: str, **_kwargs: Any) -> Any:
    return answered(status, text)


UNKNOWN_TOKEN = (403, WRONG.replace("AccessDenied", "InvalidClientTokenId"))
IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::1:user/ann</Arn><UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult>
</GetCallerIdentityResponse>"""


class Portal:
    """An SSO portal's OIDC API and its role credentials: pending, then approved (or refused)."""

    def __init__(self, folder: Path, refused: str = "", lost: int = 0) -> None:
        self.lost = lost
        self.cache = folder / ".aws" / "sso" / "cache"
        self.refused = refused
        self.asked = 0
        self.bodies: list[str] = []

    def answer(self, request: Any, **_kwargs: Any) -> Any:
        self.bodies.append(str(request.body))
        if request.url.endswith("/client/register"):
            return answered(
                200, json.dumps({"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": 4102444800})
            )
        if request.url.endswith("/device_authorization"):
            told = {"deviceCode": "d", "userCode": "KXQT-BRWD", "verificationUri": "https://device.sso/", "interval": 0}
            return answered(200, json.dumps({**told, "expiresIn": 600}))
        if "/token" in request.url:
            self.asked += 1
            if self.refused:
                return _refused(self.refused)
            if self.asked <= self.lost:
                raise EndpointConnectionError(endpoint_url="https://oidc.eu-west-1.amazonaws.com")
            if self.asked < 3:
                return _refused("AuthorizationPendingException")
            return answered(200, json.dumps({"accessToken": TOKEN, "expiresIn": 28800, "refreshToken": "r"}))
        keys_ = {
            "accessKeyId": "ASIASSO",
            "secretAccessKey": SECRET,
            "sessionToken": TOKEN,
            "expiration": 4102444800000,
        }
        return answered(200, json.dumps({"roleCredentials": keys_}))


def _refused(name: str) -> Any:
    found = answered(400, json.dumps({"error": name, "error_description": name}))
    found.headers["x-amzn-ErrorType"] = name
    return found


@pytest.mark.case("P4")
async def test_that_sso_is_signed_in_to_with_a_code_and_the_clients_go_on(files: Files, tmp_path: Path) -> None:
    files.write(SSO)
    portal = Portal(tmp_path)
    files.answers("sso-oidc", portal.answer)
    files.answers("sso", portal.answer)
    ports = await opened("work")
    assert ports.sign_in is not None
    with pytest.raises(CredentialsExpired, match="has ended"):
        await ports.sign_in.resolve()
    steps: list[SignInStep] = []
    await ports.sign_in.by_person(steps.append)
    assert [(step.code, step.url) for step in steps] == [("KXQT-BRWD", "https://device.sso/")]
    access = await ports.sign_in.resolve()
    assert frozen(ports).access_key == "ASIASSO"
    assert access.kind is CredentialKind.SSO
    assert access.expires_at is None, "the token is renewed; what is known is the end of the registration only"
    (token,) = portal.cache.iterdir()
    assert token.stat().st_mode & 0o777 == 0o600
    assert token.name == hashlib.sha1(b"corp").hexdigest() + ".json"
    assert portal.asked == 3
    assert profiles.profiles()[-1].held_until is not None
    assert profiles.profiles()[-1].renewed


@pytest.mark.case("P4")
async def test_that_a_step_that_comes_after_a_place_was_left_is_not_shown(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(SSO)
    files.answers("sso-oidc", Portal(tmp_path).answer)
    begun, said = threading.Event(), threading.Event()

    def late(_session: object, _section: object, told: Callable[[SignInStep], None], given_up: threading.Event) -> None:
        begun.set()
        given_up.wait(limit_s(60.0))
        told(SignInStep(code="LATE", url="https://device.sso/"))
        said.set()

    monkeypatch.setattr("rdpgui.aws.sso_login.sign_in_by_device", late)
    ports = await opened("work")
    assert ports.sign_in is not None
    with pytest.raises(CredentialsExpired, match="has ended"):
        await ports.sign_in.resolve()
    steps: list[SignInStep] = []
    work = asyncio.ensure_future(ports.sign_in.by_person(steps.append))
    assert await asyncio.to_thread(begun.wait, limit_s(60.0))
    ports.sign_in.give_up()
    with pytest.raises(CredentialsExpired, match="given up"):
        await work
    assert await asyncio.to_thread(said.wait, limit_s(60.0))
    await asyncio.sleep(0)
    assert steps == []


@pytest.mark.parametrize(
    ("refused", "told"),
    [("AccessDeniedException", "refused in the browser"), ("ExpiredTokenException", "code has expired")],
)
async def test_that_a_code_that_is_refused_or_too_old_is_said(
    files: Files, tmp_path: Path, refused: str, told: str
) -> None:
    files.write(SSO)
    files.answers("sso-oidc", Portal(tmp_path, refused).answer)
    ports = await opened("work")
    assert ports.sign_in is not None
    with pytest.raises(CredentialsExpired, match="has ended"):
        await ports.sign_in.resolve()
    with pytest.raises(CredentialsExpired, match=told):
        await ports.sign_in.by_person(list[SignInStep]().append)
    assert not (tmp_path / ".aws").exists()


@pytest.mark.case("C3")
@pytest.mark.parametrize("lost", [1, 5, 6])
async def test_that_a_question_that_is_lost_ends_no_sign_in_but_a_network_that_is_gone_does(
    files: Files, tmp_path: Path, lost: int
) -> None:
    files.write(SSO)
    portal = Portal(tmp_path, lost=lost)
    files.answers("sso-oidc", portal.answer)
    files.answers("sso", portal.answer)
    ports = await opened("work")
    assert ports.sign_in is not None
    with pytest.raises(CredentialsExpired, match="has ended"):
        await ports.sign_in.resolve()
    if lost == 6:
        with pytest.raises(Unreachable):
            await ports.sign_in.by_person(list[SignInStep]().append)
        assert portal.asked == 6
        return
    await ports.sign_in.by_person(list[SignInStep]().append)
    await ports.sign_in.resolve()
    assert frozen(ports).access_key == "ASIASSO"


@pytest.mark.case("C7", "P1")
async def test_that_nobody_is_asked_for_a_code_unless_a_person_wants_to_sign_in(files: Files) -> None:
    files.write(MFA, keys("base"))
    files.answers("sts", Sts("123456").answer)
    desk = Desk("123456")
    ports = await opened("ops", desk=desk)
    assert ports.sign_in is not None
    with pytest.raises(CredentialsExpired, match="Profile ops needs a new MFA code") as found:
        await ports.sign_in.resolve(asked=False)
    assert desk.asked == []
    assert found.value.need == SignInNeed("", Way.MFA)
    await ports.sign_in.resolve()
    assert len(desk.asked) == 1
    first = frozen(ports).access_key
    with pytest.raises(CredentialsExpired):
        await ports.sign_in.resolve(asked=False)
    assert frozen(ports).access_key == first and len(desk.asked) == 1


@pytest.mark.parametrize("outcome", ["good", "bad", "none"])
async def test_that_aws_login_is_the_cli_s_business_and_its_address_is_shown(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    files.write("[profile dev]\nlogin_session = arn:aws:iam::1:user/ann\nregion = us-east-1\n")
    monkeypatch.setenv("PATH", str(tmp_path))  # a CLI of this machine's own is never asked
    if outcome != "none":
        cli = tmp_path / "aws"
        cli.write_text(f"#!/bin/sh\necho Open https://signin.example/x?y=1\necho $@ > {tmp_path}/asked\n"
                       f"[ \"$AWS_IGNORE_CONFIGURED_ENDPOINT_URLS\" = true ] || exit 4\n"
                       f"{'exit 0' if outcome == 'good' else 'echo no; exit 3'}\n")  # fmt: skip
        cli.chmod(0o755)
    ports = await opened("dev")
    assert ports.sign_in is not None
    with pytest.raises(CredentialsExpired) as found:
        await ports.sign_in.resolve()
    assert (found.value.need.command, found.value.need.way) == ("aws login --profile dev", Way.LOGIN)
    steps: list[SignInStep] = []
    if outcome == "good":
        await ports.sign_in.by_person(steps.append)
        assert steps[-1].url == "https://signin.example/x?y=1"
        assert (tmp_path / "asked").read_text() == "login --profile dev\n"
        return
    with pytest.raises(CredentialsExpired, match="failed: no" if outcome == "bad" else "CLI is not installed"):
        await ports.sign_in.by_person(steps.append)


@pytest.mark.case("P4")
async def test_that_every_call_says_the_same_of_ended_keys_and_an_expired_request_names_the_clock_too(
    files: Files,
) -> None:
    files.write("", keys("work"))
    ports = await opened("work", "us-east-1")
    assert ports.sign_in is not None
    await ports.sign_in.resolve()
    told = []
    for operation, code in (("ssm:DescribeSessions", "ExpiredTokenException"), ("s3:ListObjectsV2", "ExpiredToken")):
        error = translate(client_error(code), operation=operation, url="https://x")
        told.append(ports.sign_in.explain(error, client_error(code)).text())
    assert len(set(told)) == 1 and told[0].startswith("The keys of profile work")
    error = translate(client_error("RequestExpired"), operation="ec2:DescribeInstances", url="https://x")
    found = ports.sign_in.explain(error, client_error("RequestExpired"))
    assert isinstance(found, CredentialsExpired)
    assert "clock of this computer" in found.remedy
    assert found.need.command == "aws configure --profile work"


@pytest.mark.case("P2", "P3")
async def test_that_keys_of_a_slow_process_are_renewed_by_it_and_a_late_give_up_changes_nothing(
    files: Files, tmp_path: Path
) -> None:
    soon = f"{datetime.now(UTC) + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
    prints = process_that_prints(tmp_path, SessionToken=TOKEN, Expiration=soon)
    files.write(f"[profile tool]\ncredential_process = sh -c 'sleep 0.3; {prints}'\nregion = us-east-1\n")
    ports = await opened("tool")
    assert ports.sign_in is not None
    await ports.sign_in.resolve()
    ports.sign_in.give_up()
    assert (await asyncio.to_thread(frozen, ports)).access_key == "AKIAPROCESS"


@pytest.mark.case("P2", "P3")
@pytest.mark.logs("Refreshing temporary credentials failed")
async def test_that_a_renewal_that_hangs_has_a_limit_and_leaves_nothing(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = f"{datetime.now(UTC) + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
    hangs, mark = tmp_path / "hangs", tmp_path / "running"
    prints = process_that_prints(tmp_path, SessionToken=TOKEN, Expiration=soon)
    script = f"if [ -e {hangs} ]; then echo $$ > {mark}; sleep 600; fi; {prints}"
    files.write(f"[profile tool]\ncredential_process = sh -c '{script}'\nregion = us-east-1\n")
    monkeypatch.setattr(chain, "RENEWAL_LIMIT_S", 0.3)
    ports = await opened("tool")
    assert ports.sign_in is not None
    await ports.sign_in.resolve()
    hangs.touch()
    with pytest.raises(CredentialRetrievalError, match="did not end within"):
        await asyncio.to_thread(frozen, ports)
    assert not _runs(mark)


def _runs(mark: Path) -> bool:
    """Whether the process that noted itself there still runs; one that was ended before it could does not."""
    pid = mark.read_text().strip() if mark.exists() else ""
    return bool(pid) and Path(f"/proc/{pid}").exists()


@pytest.mark.case("P2")
async def test_that_fresh_keys_of_another_account_are_refused_and_the_old_ones_stay(files: Files) -> None:
    files.write("", keys("work"))
    ports = await opened("work", "us-east-1")
    assert ports.sign_in is not None
    clients: Any = ports.caller.clients
    clients._session.events.register("before-send.sts", _who_signs)
    clients._session.events.register("before-send.iam", partial(_answer, 403, WRONG))
    access = await ports.sign_in.resolve()
    assert (await ports.identity.identity()).account_id == "123456789012"
    files.write("", keys("work").replace("AKIAWORK", "AKIAOTHER"))
    with pytest.raises(SettingsError, match="These keys are of account 999999999999, not of 123456789012") as found:
        await ports.sign_in.resolve()
    assert "Change" in found.value.remedy
    assert (frozen(ports).access_key, ports.sign_in.access) == ("AKIAWORK", access)
    files.write("", keys("work").replace("AKIAWORK", "AKIAFRESH"))
    await ports.sign_in.resolve()
    assert frozen(ports).access_key == "AKIAFRESH"


def _who_signs(request: Any, **_kwargs: Any) -> Any:
    other = "AKIAOTHER" in str(request.headers["Authorization"])
    return answered(200, IDENTITY.replace("123456789012", "999999999999") if other else IDENTITY)


@pytest.mark.case("P1", "P4")
@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
async def test_that_an_ended_role_is_not_blamed_on_the_keys_it_was_assumed_with(files: Files, code: str) -> None:
    files.write(MFA, keys("base"))
    files.sts(Sts(right="222222"))
    ports = await opened("ops", desk=Desk("222222"))
    assert ports.sign_in is not None
    await ports.sign_in.resolve()
    error = translate(client_error(code), operation="ec2:DescribeInstances", url="https://x")
    found = ports.sign_in.explain(error, client_error(code))
    assert isinstance(found, CredentialsExpired)
    assert found.text() == "The session of the role of profile ops has ended. Press Retry."
    assert (found.need.command, found.need.way) == ("", Way.MFA)


@pytest.mark.case("P8")
@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "eu-west-3"])
async def test_that_a_role_is_assumed_in_the_region_that_was_chosen(files: Files, region: str) -> None:
    files.write(MFA.replace("mfa_serial", "external_id"), keys("base"))
    sts = Sts()
    files.sts(sts)
    ports = await opened("ops", region)
    assert ports.sign_in is not None
    await ports.sign_in.resolve()
    assert sts.hosts and [url for url in sts.hosts if f"sts.{region}.amazonaws.com" not in url] == []


@pytest.mark.case("P2")
async def test_that_what_botocore_renews_is_not_said_to_end(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write("[profile dev]\nlogin_session = arn:aws:iam::1:user/ann\nregion = us-east-1\n")
    soon = datetime.now(UTC) + timedelta(minutes=15)
    renewed = RefreshableCredentials("ASIALOGIN", SECRET, TOKEN, soon, pytest.fail, "login")
    monkeypatch.setattr(renewed, "_advisory_refresh_timeout", 60)
    provider = SimpleNamespace(load_credentials=lambda: renewed)
    monkeypatch.setattr(chain, "resolver", lambda *_args, **_more: provider)
    ports = await opened("dev")
    assert ports.sign_in is not None
    access = await ports.sign_in.resolve()
    assert (access.kind, access.expires_at) == (CredentialKind.LOGIN, None)


@pytest.mark.parametrize("text", ["[]", "null", '"token"', "7", "{", '{"expiresAt": []}'])
async def test_that_a_token_file_that_holds_no_token_is_nobody_s_sign_in(
    files: Files, tmp_path: Path, text: str
) -> None:
    files.write(SSO)
    cache = tmp_path / ".aws" / "sso" / "cache"
    await asyncio.to_thread(_write_token, cache / f"{hashlib.sha1(b'corp').hexdigest()}.json", text)
    assert [(line.held_until, line.renewed) for line in profiles.profiles() if line.sso] == [(None, False)] * 2


def _write_token(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text)


DENIED = "User: arn:aws:iam::1:user/ann is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::2:role/r"


@pytest.mark.case("P4", "P8")
@pytest.mark.parametrize(
    ("code", "message", "kind", "told", "remedy"),
    [
        ("SignatureDoesNotMatch", "The signature does not match", CredentialsExpired, "keys of profile", "fresh"),
        ("InvalidClientTokenId", "The security token is invalid", CredentialsExpired, "keys of profile", "fresh"),
        ("SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2", AwsError, "clocks differ", "clock"),
        ("Throttling", "Rate exceeded", Throttled, "sts:AssumeRole", ""),
        ("ServiceUnavailable", "No", Unreachable, "sts:AssumeRole", "minute"),
        ("AccessDenied", DENIED, CredentialsExpired, "could not be signed in", "trust policy"),
        (
            "AccessDenied",
            f"{DENIED} because no identity-based policy allows the sts:AssumeRole action",
            CredentialsExpired,
            "sts:AssumeRole was denied",
            "permission sts:AssumeRole",
        ),
        (
            "AccessDenied",
            f"{DENIED} with an explicit deny in a service control policy",
            CredentialsExpired,
            "sts:AssumeRole was denied",
            "organization",
        ),
    ],
)
async def test_that_a_role_is_blamed_for_what_it_does_only(
    code: str, message: str, kind: type[AwsError], told: str, remedy: str
) -> None:
    who = Who("ops", "base", CredentialKind.ASSUME_ROLE, CredentialKind.STATIC)
    status = 503 if code == "ServiceUnavailable" else 403
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    found = explained(ClientError(answer, "AssumeRole"), who)
    assert type(found) is kind
    assert told in found.template.format(**found.fields)
    assert remedy in found.remedy.format(**found.fields)


async def test_that_a_command_to_copy_is_one_for_a_shell(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    cli = tmp_path / "aws"
    cli.write_text("#!/bin/sh\nexit 3\n")
    cli.chmod(0o755)
    with pytest.raises(CredentialsExpired) as found:
        cli_login.sign_in_by_cli("a b; rm x", list[SignInStep]().append, threading.Event())
    assert found.value.need.command == "aws login --profile 'a b; rm x'"
