"""Long bodies pass through readers in bounded memory; each is read in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

SIZE_MB = 60
GROWS_MB = 60

READ = """
import sys, time, psutil
from weftline.formats import FORMATS

kind, path, size = sys.argv[1], sys.argv[2], int(sys.argv[3]) * 1_000_000
order = b'{"id":12345678901234567890,"name":"Ann \\\\"A\\\\"","sum":19.90,"lines":[{"sku":"a-1","n":2},{"sku":"b"}]}'
row = {
    "json": order + b",",
    "ndjson": order + b"\\n",
    "csv": b'12345678901234567890,"Ann ""A"", Ltd",19.90,2026-01-31T10:00:00Z,"two\\nlines",open\\r\\n',
    "xml": b'<order id="1"><name>Ann &amp; Co</name><sum>1.90</sum><note>' + b"as agreed " * 60 + b"</note></order>",
    "text": b'12345678901234567890;Ann;19.90;2026-01-31T10:00:00Z\\n',
}[kind]
head = {"json": b'{"a":[[1,"]"]],"data":{"orders":[', "csv": b"id,name,total,at,note,state\\r\\n", "xml": b"<a><b>"}
tail = {"json": b'{}],"next":null},"end":{}}', "xml": b"</b></a>"}
block = row * (256 * 1024 // len(row))
config = {"records": "lines"} if kind == "text" else {}
reader = FORMATS.get(kind)(FORMATS.config(kind, config)).reader(path, where="test")
me = psutil.Process()
count = written = 0
reader.feed(head.get(kind, b""))
before = peak = me.memory_info().rss
start = time.monotonic()
while written < size:
    for at in range(0, len(block), 65_536):
        count += len(reader.feed(block[at : at + 65_536]))
    written += len(block)
    peak = max(peak, me.memory_info().rss)
count += len(reader.feed(tail.get(kind, b"")) + reader.close())
spent = time.monotonic() - start
expected = written // len(block) * (256 * 1024 // len(row)) + (kind == "json")
assert count == expected, (count, expected)
print((peak - before) // 1_000_000, round(written / 1e6 / spent))
"""


@pytest.mark.parametrize(
    ("kind", "path"),
    [("json", "data.orders"), ("ndjson", ""), ("csv", ""), ("xml", "a.b.order"), ("text", "")],
)
def test_a_long_body_is_read_in_bounded_memory(kind: str, path: str):
    ran = subprocess.run(
        [sys.executable, "-c", READ, kind, path, str(SIZE_MB)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    grown, speed = map(int, ran.stdout.split())
    assert grown < GROWS_MB, f"{kind}: memory grew by {grown} MB at {speed} MB/s"
