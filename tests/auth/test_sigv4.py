"""AWS Signature V4: botocore's own signer as a judge, and moto's server, which checks signatures."""

from __future__ import annotations

import datetime
from urllib.parse import quote, urlsplit

import pytest
from botocore import auth as botocore_auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import example, given
from hypothesis import strategies as st

from tests.auth.made import method, signed
from weftline.model import Request

KEYS = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "wJalr/XUtn+FEMI"}
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
NAMES = st.text("abcdefghijXYZ-", min_size=1, max_size=12).map(lambda name: "H" + name)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)


@given(
    service=st.sampled_from(["s3", "execute-api"]),
    verb=st.sampled_from(["GET", "PUT", "POST", "DELETE"]),
    origin=st.sampled_from(["https://b.example.test", "http://127.0.0.1:9000", "https://B.example.test:443"]),
    segments=st.lists(TEXT, max_size=4),
    query=st.lists(st.tuples(TEXT.filter(bool), TEXT), max_size=4),
    headers=st.dictionaries(NAMES, VALUES, max_size=3),
    body=st.none() | st.binary(max_size=40),
    session=st.sampled_from(["", "a session/token=="]),
    unsigned=st.booleans(),
)
@example("s3", "GET", "http://127.0.0.1:9000", ["a b", "..", "", "(x)+é"], [("b", ""), ("a", " +&="), ("a", "")], {},
         None, "", False)  # fmt: skip
def test_it_signs_as_botocore_does(
    service: str, verb: str, origin: str, segments: list[str], query: list[tuple[str, str]], headers: dict[str, str],
    body: bytes | None, session: str, unsigned: bool,
) -> None:  # fmt: skip
    unsigned = unsigned and service == "s3"
    path = "/" + "/".join(quote(segment, safe="~") for segment in segments)
    config = {"service": service, "region": "{{ account }}", "unsigned_payload": unsigned, "session_token": "session"}
    auth = method("sigv4", config, KEYS | {"session": session})
    ours = signed(auth, Request(verb, origin + path, list(query), dict(headers), body))
    assert ours.query == []

    request = AWSRequest(verb, origin + path, dict(headers), body or b"", params=list(query))
    signer_class = botocore_auth.S3SigV4Auth if service == "s3" else botocore_auth.SigV4Auth
    signer = signer_class(
        Credentials(KEYS["access_key_id"], KEYS["secret_access_key"], session or None), service, "tst_1"
    )
    if unsigned:
        signer._should_sha256_sign_payload = lambda _: False
    moment = datetime.datetime.strptime(ours.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore_auth, "get_current_datetime", lambda: moment)
        signer.add_auth(request)
    theirs = dict(request.headers.items())
    assert ours.headers["Authorization"] == theirs["Authorization"]
    assert ours.headers.get("X-Amz-Security-Token") == theirs.get("X-Amz-Security-Token")
    assert ours.headers.get("X-Amz-Content-SHA256") == theirs.get("X-Amz-Content-SHA256")
    assert urlsplit(ours.url).path == path


@pytest.mark.parametrize(
    "url", ["http://h/a/./b//c/../d/", "http://h/a%2Fb", "http://h", "http://h/..", "http://h/(x)'"]
)
def test_paths_are_normalised_as_botocore_does(url: str) -> None:
    auth = method("sigv4", {"service": "execute-api", "region": "r"}, KEYS)
    ours = signed(auth, Request("GET", url))
    request = AWSRequest("GET", ours.url)
    signer = botocore_auth.SigV4Auth(Credentials(*KEYS.values()), "execute-api", "r")
    moment = datetime.datetime.strptime(ours.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore_auth, "get_current_datetime", lambda: moment)
        signer.add_auth(request)
    assert ours.headers["Authorization"] == request.headers["Authorization"]


def test_transports_that_sign_by_themselves_get_the_same() -> None:
    config = {"service": "s3", "region": "r", "session_token": "session"}
    assert method("sigv4", config, KEYS).login() == KEYS
    assert method("sigv4", config, KEYS | {"session": "S"}).login() == KEYS | {"session_token": "S"}
