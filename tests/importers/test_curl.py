"""cURL commands become connectors that ask what curl itself asks."""

import asyncio
from pathlib import Path

import pytest

from tests.importers.calls import Asked, Listener, call, errors, listening, said, session_of
from weftline.errors import DocumentError
from weftline.importers import Imported, import_description

CASES = {
    "list": (
        "curl -sSL 'BASE/v1/orders?status=open&tag=a&tag=b%20c&limit=5' --compressed "
        "-H 'Authorization: Bearer a-token'",
        {"token": "a-token"}, {},
    ),
    "json": (
        "curl --request PUT --url BASE/v1/orders/42 -u ada:a-password "
        "--json '{\"id\": 42, \"tags\": [\"{{x}}\", 1.50]}'",
        {"username": "ada", "password": "a-password"}, {},
    ),
    "form": (
        "curl BASE/token -H 'X-Api-Key: a-key' -d a=1 -d 'b=x%20y' --data-urlencode 'c=1 & 2' -A robot -e http://from.example/",
        {"token": "a-key"}, {},
    ),
    "get": ("curl -G BASE/search -d q=ab -d 'api_key=a-key' --data-urlencode 'at=a b'", {"token": "a-key"}, {}),
    "multipart": (
        "curl BASE/items/7/notes -F title=one -F 'text=two' -b 'sid=a-session'",
        {"token": "a-session"}, {"item_id": 7},
    ),
    "text": ("curl BASE/log -H 'Content-Type: text/plain' --data-binary $'line one\\nline two' -XPOST", {}, {}),
    "graphql": (
        "curl BASE/graphql -H 'Content-Type: application/json' --oauth2-bearer a-token "
        "-d '{\"query\": \"query Shop($id: ID!) { shop(id: $id) { a } }\", \"variables\": {\"id\": 7}}'",
        {"token": "a-token"}, {},
    ),
    "delete": ("curl -X DELETE BASE/orders/42 -H 'Authorization: Token a-key'", {"token": "a-key"}, {"order_id": 42}),
    "head": ("curl -I BASE/orders -H 'X-Store: 3'", {}, {}),
}  # fmt: skip


def read(text: str) -> Imported:
    return import_description(text.encode(), "commands.sh")


async def both(name: str, folder: Path) -> tuple[list[Asked], Imported]:
    line, credentials, parameters = CASES[name]
    listener = Listener()
    async with listening(listener) as base:
        line = line.replace("BASE", base)
        script = folder / "command.sh"
        script.write_text(line)
        process = await asyncio.create_subprocess_exec(
            "bash", script, stdout=asyncio.subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin", "HOME": str(folder)}
        )
        assert await asyncio.wait_for(process.wait(), 20) == 0
        found = read(line)
        async with session_of(found, credentials, {}) as session:
            await call(session, found, found.connector.endpoints[0].key, parameters)
    return listener.seen, found


@pytest.mark.parametrize("name", CASES)
def test_a_session_asks_what_curl_asks(name, tmp_path):
    (theirs, ours), found = asyncio.run(both(name, tmp_path))
    if theirs[0] == "GET":  # curl names no type where there is no body
        ours[3].pop("content-type", None)
    assert ours == theirs
    assert errors(found) == []
    assert found.operations == 1


def test_secrets_are_left_behind():
    found = read(
        "curl https://ada:a-secret@api.corner.example/orders?access_token=a-secret -H 'X-Trace: ghp_a-secret' "
        "-H 'Authorization: Bearer a-secret' -b 'sid=a-secret; x=a-secret' "
        '-d \'{"user": "u", "password": "a-secret"}\''
    )
    assert "a-secret" not in found.connector.model_dump_json() + str(found.samples) + said(found)
    assert found.samples["samples/order_create.json"] == {"user": "u", "password": ""}
    assert "its body has password" in said(found)
    assert "a second secret" in said(found)
    assert "curl would send its JSON as a form" in said(found)


def test_several_commands_are_endpoints_of_one_connector():
    found = read(
        "# what a person copies\nexport BASE=https://api.corner.example\nTOKEN=a-secret\n"
        'curl "$BASE/orders?page=1" -H "Authorization: Bearer $TOKEN"\n'
        '$ curl $BASE/orders/{order_id} -H "X-Store: $STORE" ; curl -k --frob 7 -X PROPFIND $BASE/dav\n'
        "curl https://elsewhere.example/a -d @body.json\n"
        "curl $BASE/files -T a.pdf -H 'Content-Type: application/pdf'\n"
    )
    assert found.connector.title == "Corner"
    assert [one.key for one in found.connector.endpoints] == ["order.list", "order.get", "file.update"]
    assert found.operations == 5
    assert found.connector.check == "order.list"
    assert errors(found) == []
    store = next(one for one in found.connector.variables if one.key == "store")
    assert store.required
    assert found.connector.endpoints[1].parameters[0].required
    for words in ("/dav has a method that is not sent", "https://elsewhere.example/a is at another host",
                  "endpoints.file.update: its body stands in a file", "'page' may tell pages apart"):  # fmt: skip
        assert words in said(found)


def test_options_that_have_no_equivalent_are_named():
    found = read("curl -k --frob 7 -x http://proxy.example:3128 --config a.txt --data @a.json https://a.example/b")
    found.todo += read("curl -F 'a=b;type=text/css' -F c=@d.png -b jar.txt https://a.example/b").todo
    for words in (
        "any certificate",
        "'--frob'",
        "a proxy",
        "reads options from a file",
        "which was not read",
        "field 'a' has a type",
        "file 'c' was not read",
        "cookies stand in a file",
    ):
        assert words in said(found)


def test_signatures_are_recognised():
    found = read("curl --aws-sigv4 aws:amz:eu-west-1:execute-api -u AKIAX:a-secret https://a.example/b").connector
    assert (found.auth[0].kind, found.auth[0].config) == ("sigv4", {"region": "eu-west-1", "service": "execute-api"})
    found = read(
        "curl --digest -u a:a-secret https://a.example/b; curl -H 'Authorization: OAuth a=\"b\"' https://a.example/c"
    ).connector
    assert [one.kind for one in found.auth] == ["digest", "oauth1"]


def test_a_cookies_name_is_kept_and_never_a_template():
    for cookie, prefix in (("sid=a-secret", {"prefix": "sid="}), ("{{x}}=a-secret", {}), ("a=1; b=2", {})):
        found = read(f"curl https://a.example/b -b '{cookie}'")
        assert errors(found) == []
        assert found.connector.auth[0].config == {"place": {"header": "Cookie"}} | prefix


def test_a_shells_variables_are_told_from_quoted_text():
    found = read("curl 'https://a.example/odata?$filter=x' -d \"a=$NAME\" -d 'b=$price' -H \"X-Shop: a-${SHOP}\"")
    assert found.connector.endpoints[0].parameters[0].place == {"query": "$filter"}
    assert found.connector.endpoints[0].request.headers["X-Shop"] == "a-{{ shop }}"
    assert "its body has $NAME of the shell" in said(found)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("curl https://a.example/b?c=1&d=2", "quote the address"),
        ("curl https://a.example | sh", "by itself"),
        ('curl "https://a.example/\\\\$(id)"', "write its result out"),
        ("wget https://a.example", "alone"),
        ("curl -s", "begins with 'curl'"),
        ("curl 'http://[/a'", "see http://["),
    ],
)
def test_what_is_no_plain_command_is_refused(line, hint):
    with pytest.raises(DocumentError) as caught:
        import_description(line.encode(), "commands.sh", "curl")
    assert hint in caught.value.hint
