"""AWS Signature V4 through a session, against moto's server with its own check of signatures."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import botocore.session
import pytest

from tests import summary
from tests.auth.conftest import Opened, items_of
from tests.servers import free_port
from weftline.errors import CredentialRejectedError

pytestmark = pytest.mark.connected
START_S = 60.0
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
AUTH = {"kind": "sigv4", "service": "s3", "region": "us-east-1"}
NAME = "items (ü) 1+2.json"


@pytest.fixture(scope="module")
def cloud() -> Iterator[tuple[str, dict[str, str]]]:
    """The server's address and the keys of its one user; it has a bucket with one object."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + START_S
        while not _reset_auth(address, "inf"):
            assert server.poll() is None, "moto's server ended"
            assert time.monotonic() < until, "moto's server does not answer"
            time.sleep(0.05)
        keys = _furnished(address)
        assert _reset_auth(address, "0")  # from now on it looks at signatures
        summary.note("moto", f"moto {version('moto')}, checking signatures")
        yield address, keys
    finally:
        server.terminate()
        server.wait(20)


def _reset_auth(address: str, count: str) -> bool:
    request = urllib.request.Request(f"{address}/moto-api/reset-auth", count.encode(), {"Content-Type": "text/plain"})
    with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=5):
        return True
    return False


def _furnished(address: str) -> dict[str, str]:
    def client(service: str) -> Any:
        return botocore.session.get_session().create_client(
            service, "us-east-1", endpoint_url=address, aws_access_key_id="x", aws_secret_access_key="y"
        )

    with contextlib.closing(client("iam")) as iam:
        iam.create_user(UserName="ada")
        iam.put_user_policy(UserName="ada", PolicyName="all", PolicyDocument=json.dumps(ALL))
        made = iam.create_access_key(UserName="ada")["AccessKey"]
    with contextlib.closing(client("s3")) as storage:
        storage.create_bucket(Bucket="bucket")
        storage.put_object(Bucket="bucket", Key=NAME, Body=b'{"items": [1, 2]}')
    return {"access_key_id": made["AccessKeyId"], "secret_access_key": made["SecretAccessKey"]}


async def test_a_good_signature_is_let_in(opened: Opened, cloud: tuple[str, dict[str, str]]) -> None:
    address, keys = cloud
    session = opened(address, AUTH, keys, path="/bucket/items%20(ü)%201%2B2.json?response-content-type=a b")
    assert await items_of(session) == [1, 2]


@pytest.mark.parametrize("wrong", [{"secret_access_key": "another"}, {"access_key_id": "AKIAUNKNOWN"}])
async def test_a_wrong_key_is_not(opened: Opened, cloud: tuple[str, dict[str, str]], wrong: dict[str, str]) -> None:
    address, keys = cloud
    with pytest.raises(CredentialRejectedError):
        await items_of(opened(address, AUTH, keys | wrong, path="/bucket/items%20(ü)%201%2B2.json"))
