"""Commands against a running server."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import yaml

SOURCE_KEYS = {"instance", "pulled", "sent", "confirmed", "failed", "skipped"}


def test_apply_twice_changes_nothing_the_second_time(on_server, workspace):
    file = workspace("twice")
    planned = json.loads(on_server("plan", file, "--json").out)["actions"]
    assert {action["act"] for action in planned} - {"unchanged"} == {"create", "install"} or planned
    first = on_server("apply", file)
    assert (first.code, first.err) == (0, "")
    assert "Orders twice" in first.out
    again = on_server("apply", file, "--json")
    assert {action["act"] for action in json.loads(again.out)["actions"]} == {"unchanged"}


def test_a_run_is_told_as_json(on_server, workspace, erp):
    on_server("apply", workspace("told"))
    done = on_server("run", "Orders told", "--wait", "--json", "--var", "mark=urgent")
    result = json.loads(done.out)
    assert (done.code, result["status"]) == (0, "success")
    assert set(result["sources"][0]) == SOURCE_KEYS
    assert result["sources"][0] | {"skipped": 0} == {
        "instance": "Store told", "pulled": 30, "sent": 30, "confirmed": 30, "failed": 0, "skipped": 0,
    }  # fmt: skip
    assert float(result["seconds"]) > 0
    assert erp.stats()["by_prefix"] == {"told": 30}
    runs = json.loads(on_server("runs", "Orders told", "--json").out)
    assert [run["id"] for run in runs] == [result["run_id"]]
    assert result["run_id"] in on_server("runs", "--status", "success").out
    log = on_server("run-log", result["run_id"])
    assert "push" in log.out
    assert "success in" in log.out


def test_records_that_fail_make_a_partial_success_and_a_retry_sends_only_them(on_server, workspace, erp):
    on_server("apply", workspace("partly"))
    erp.set_faults([{"match": "PUT *", "status": 400, "times": 3, "body": {"title": "Not today"}}])
    done = on_server("run", "Orders partly", "--wait")
    assert done.code == 2
    assert "some records failed" in done.err
    run_id = json.loads(on_server("runs", "Orders partly", "--json").out)[0]["id"]
    assert "30" in done.out
    failed = json.loads(on_server("run-log", run_id, "--json").out)["failed"]
    assert len(failed) == 3
    erp.set_faults([])
    retried = on_server("retry", run_id, "--wait", "--json")
    assert (retried.code, json.loads(retried.out)["status"]) == (0, "success")
    stats = erp.stats()
    assert (stats["orders"], stats["repeated"]) == (30, 0)


def test_a_run_that_takes_too_long_is_left_and_can_be_stopped(on_server, workspace, erp):
    on_server("apply", workspace("slow"))
    erp.set_faults([{"match": "PUT *", "delay_s": 2}])
    left = on_server("run", "Orders slow", "--wait", "--json", "--timeout", "1")
    assert (left.code, json.loads(left.out)["status"]) == (3, "running")
    assert "still running" in left.err
    run_id = json.loads(left.out)["run_id"]
    assert on_server("stop", run_id).code == 0
    erp.set_faults([])
    for _ in range(100):
        row = json.loads(on_server("runs", "Orders slow", "--json").out)[0]
        if row["status"] not in ("running", "queued"):
            break
        time.sleep(0.1)
    assert row["status"] == "stopped"
    assert on_server("retry", run_id, "--wait").code == 0
    stats = erp.stats()
    assert (stats["orders"], stats["repeated"]) == (30, 0), "what was confirmed is not sent again"


def test_a_payload_is_given(on_server, tmp_path, erp):
    file = tmp_path / "flow.yaml"
    file.write_text(
        "flows:\n  - name: Given\n    deploy: true\n    steps:\n"
        "      - {id: only, shape: filter, keep: {field: total, at_least: 5}}\n"
    )
    assert on_server("apply", file).code == 0
    payload = tmp_path / "payload.json"
    payload.write_text('[{"total": 1}, {"total": 9.50}]')
    done = on_server("run", "Given", "--wait", "--json", "--payload", payload)
    assert (done.code, json.loads(done.out)["status"]) == (0, "success")
    log = json.loads(on_server("run-log", json.loads(done.out)["run_id"], "--json").out)
    assert [(step["records_in"], step["records_out"]) for step in log["run"]["steps"]] == [(2, 1)]
    assert "cannot be read" in on_server("run", "Given", "--payload", tmp_path / "none.json").err
    payload.write_text("{")
    assert "not JSON" in on_server("run", "Given", "--payload", payload).err


def test_a_credential_that_is_refused_is_named(on_server, workspace):
    done = on_server("apply", workspace("refused", token="a-wrong-token"))
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "'Store refused' needs authorisation" in done.err
    assert "ERP refused" not in done.err
    assert "a-wrong-token" not in done.err + done.out
    run = on_server("run", "Orders refused", "--wait", "--json")
    result = json.loads(run.out)
    assert (run.code, result["status"]) == (1, "failed")
    assert "Store refused" in result["error"]["message"]
    assert on_server("apply", workspace("refused")).code == 0, "corrected and applied again"


def test_a_workspace_with_a_fault_is_not_half_applied(on_server, workspace):
    file = workspace("half")
    file.write_text(file.read_text().replace("endpoint: sales_orders.upsert", "endpoint: sales_orders.nosuch"))
    done = on_server("apply", file)
    assert done.code == 1
    assert "sales_orders.nosuch" in done.err
    names = [row["name"] for row in json.loads(on_server("instance", "list", "--json").out)]
    assert "Store half" not in names


def test_a_flow_with_a_missing_instance_is_named(on_server, workspace):
    file = workspace("lost")
    file.write_text(file.read_text().replace("instance: ERP lost, endpoint", "instance: ERP lots, endpoint"))
    done = on_server("apply", file)
    assert done.code == 1
    assert "ERP lots" in done.err
    assert "ERP lost" in done.err, "the closest name is offered"
    assert "Orders lost" not in on_server("runs", "Orders lost").out


def test_an_instance_is_checked(on_server, workspace, erp):
    on_server("apply", workspace("checked"))
    assert on_server("instance", "check", "ERP checked").code == 0
    erp.set_faults([{"match": "GET *", "status": 401, "body": {"title": "no"}}])
    refused = on_server("instance", "check", "ERP checked")
    assert refused.code == 1
    assert "ERP checked" in refused.err
    unknown = on_server("instance", "check", "ERP cheked")
    assert "did you mean 'ERP checked'" in unknown.err


def test_an_export_can_be_applied_again(on_server, workspace, tmp_path):
    on_server("apply", workspace("out"))
    file = tmp_path / "exported.yaml"
    assert on_server("export", file).code == 0
    document = yaml.safe_load(file.read_text())
    entry = next(item for item in document["instances"] if item["name"] == "Store out")
    assert entry["credentials"] == {"token": "${env:STORE_OUT_TOKEN}"}
    assert "demo-token" not in file.read_text()
    assert "Orders out" in [flow["name"] for flow in document["flows"]]


def test_keys_open_the_door_until_they_are_removed(on_server, server_folder, monkeypatch, tmp_path):
    made = json.loads(on_server("keys", "create", "A test", "--json").out)
    url = json.loads((server_folder / "server.json").read_text())["url"]
    monkeypatch.setenv("WEFTLINE_DATA_DIR", str(tmp_path / "elsewhere"))
    assert on_server("keys", "list", "--url", url, "--key", made["key"]).code == 0
    nobody = on_server("runs", "--url", url)
    assert nobody.code == 1
    assert "--key" in nobody.err
    monkeypatch.setenv("WEFTLINE_DATA_DIR", str(server_folder))
    assert on_server("keys", "remove", made["id"]).code == 0
    assert on_server("keys", "list", "--url", url, "--key", made["key"]).code == 1


def test_connectors_are_listed_and_kept_while_in_use(on_server, workspace):
    on_server("apply", workspace("kept"))
    listed = json.loads(on_server("connector", "list", "--json").out)
    assert {"shopify", "netsuite"} <= {row["slug"] for row in listed}
    refused = on_server("connector", "remove", "shopify")
    assert refused.code == 1
    assert "Store kept" in refused.err
    assert "newest" in on_server("connector", "update", "shopify").out
    unknown = on_server("connector", "install", "shopfy")
    assert "did you mean 'shopify'" in unknown.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "no such flow"), "no such flow"),
        (("run-log", "run_0"), "run_0"),
        (("stop", "run_0"), "run_0"),
        (("retry", "run_0"), "run_0"),
        (("connector", "remove", "nosuch"), "nosuch"),
        (("keys", "remove", "key_0"), "key_0"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(on_server, words, said):
    done = on_server(*words)
    assert done.code == 1
    assert done.err.startswith("weftline: ")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_the_password_of_the_administrator_can_be_reset(on_server, server_folder: Path):
    done = on_server("admin", "reset-password")
    assert done.code == 0
    password = next(line.split()[1] for line in done.out.splitlines() if line.startswith("password"))
    url = json.loads((server_folder / "server.json").read_text())["url"]
    import urllib.request

    request = urllib.request.Request(
        f"{url}/api/sign-in",
        data=json.dumps({"name": "admin", "password": password}).encode(),
        headers={"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=20) as answer:
        assert json.load(answer)["user"]["name"] == "admin"
    nobody = on_server("admin", "reset-password", "nobody")
    assert (nobody.code, "nobody" in nobody.err) == (1, True)
