"""The catalog: what is offered, and that a broken file hides nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from weftline.errors import DocumentError, NotFoundError
from weftline.marketplace import Catalog, compare

SHOP = """\
slug: {slug}
version: {version}
title: {title}
summary: Orders of a shop.
category: ecommerce
transport: {{kind: http, base_url: "https://{slug}.example"}}
endpoints:
  - {{key: orders.list, title: List orders, entity: order, direction: receive, request: {{path: {path}}}}}
"""


def write(
    folder: Path, slug: str, version: str = "1.0.0", title: str = "", path: str = "/orders", more: str = ""
) -> None:
    file = folder / slug / "connector.yaml"
    file.parent.mkdir(exist_ok=True)
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(SHOP.format(slug=slug, version=version, title=slug.title(), path=path) + more)
    os.utime(file, ns=(before + 10**9, before + 10**9))


def test_entries_are_found_by_words_and_category(tmp_path: Path) -> None:
    write(tmp_path, "beta")
    write(tmp_path, "alpha")
    catalog = Catalog(tmp_path)
    assert [entry.slug for entry in catalog.entries()] == ["alpha", "beta"]
    assert [entry.slug for entry in catalog.entries("ORDERS bet")] == ["beta"]
    assert catalog.entries(category="erp") == []
    assert len(catalog.entries(category="ecommerce")) == 2


def test_a_broken_file_is_a_problem_with_its_place_and_hides_no_other(tmp_path: Path) -> None:
    write(tmp_path, "good")
    write(tmp_path, "bad", more="colour: red\n")
    catalog = Catalog(tmp_path)
    assert [entry.slug for entry in catalog.entries()] == ["good"]
    [problem] = catalog.problems()
    assert problem.slug == "bad"
    assert "connector.yaml:9: unknown key 'colour'" in problem.error.message
    with pytest.raises(DocumentError, match="colour"):
        catalog.must_find("bad")
    assert catalog.offered("bad") is None


def test_a_folder_and_its_slug_must_agree(tmp_path: Path) -> None:
    write(tmp_path, "shop")
    (tmp_path / "shop").rename(tmp_path / "store")
    [problem] = Catalog(tmp_path).problems()
    assert problem.slug == "store"
    assert "calls itself 'shop'" in problem.error.message


def test_a_file_is_read_again_when_it_changes_and_only_then(tmp_path: Path) -> None:
    write(tmp_path, "shop", "1.0.0")
    catalog = Catalog(tmp_path)
    first = catalog.must_find("shop")
    assert catalog.must_find("shop") is first
    write(tmp_path, "shop", "1.1.0")
    assert catalog.must_find("shop").document.version == "1.1.0"


@pytest.mark.parametrize("slug", ["shopp", "", "..", "../shop", "shop/../shop", "a\0b"])
def test_an_unknown_slug_is_not_found_and_no_path_leads_out(tmp_path: Path, slug: str) -> None:
    (tmp_path / "catalog").mkdir()
    write(tmp_path / "catalog", "shop")
    write(tmp_path, "outside")
    catalog = Catalog(tmp_path / "catalog")
    with pytest.raises(NotFoundError):
        catalog.must_find(slug)
    assert catalog.icon(slug) == ""
    assert catalog.readme(slug) == ""


def test_samples_stay_within_the_connectors_folder(tmp_path: Path) -> None:
    write(tmp_path, "shop")
    (tmp_path / "secret.json").write_text("[1]")
    (tmp_path / "shop" / "order.json").write_text('[{"total": 1.10}]')
    catalog = Catalog(tmp_path)
    assert str(catalog.sample("shop", "order.json")[0]["total"]) == "1.10"
    assert catalog.sample("shop", "../secret.json") is None
    assert catalog.sample("shop", "none.json") is None


def test_the_difference_names_what_was_added_changed_and_removed(tmp_path: Path) -> None:
    write(tmp_path, "shop", "1.0.0")
    old = Catalog(tmp_path).must_find("shop").document
    write(tmp_path, "shop", "1.1.0", path="/v2/orders", more="variables: [{key: region, title: Region}]\n")
    changes = compare(old, Catalog(tmp_path).must_find("shop").document)
    assert (changes.from_version, changes.to_version) == ("1.0.0", "1.1.0")
    assert changes.added == ["variable region"]
    assert changes.changed == ["endpoint orders.list: request"]
    assert changes.endpoints == {"orders.list"}
    back = compare(Catalog(tmp_path).must_find("shop").document, old)
    assert back.removed == ["variable region"]


def test_the_connectors_we_ship_are_all_sound() -> None:
    catalog = Catalog(Path(__file__).parents[2] / "catalog")
    assert catalog.problems() == []
    assert {"shopify", "netsuite"} <= {entry.slug for entry in catalog.entries()}
    for entry in catalog.entries():
        assert catalog.icon(entry.slug).lstrip().startswith("<svg")
        assert catalog.readme(entry.slug)
        for endpoint in entry.document.endpoints:
            assert endpoint.sample is None or catalog.sample(entry.slug, endpoint.sample) is not None
