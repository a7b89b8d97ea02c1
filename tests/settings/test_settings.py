from __future__ import annotations

from pathlib import Path

import pytest

from weftline.errors import SettingsError
from weftline.settings import Settings, load


def test_defaults_need_nothing() -> None:
    settings = load({})
    assert (settings.host, settings.port, settings.executor_id) == ("127.0.0.1", 8400, "main")
    assert settings.database_url == "sqlite:///data/weftline.db"
    assert settings.is_sqlite
    assert settings.payloads_in_files
    assert settings.catalog_dir.name == "catalog"


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "weftline.toml"
    file.write_text('port = 9000\nhost = "0.0.0.0"\n')
    settings = load({"WEFTLINE_PORT": "9001"}, file)
    assert (settings.port, settings.host) == (9001, "0.0.0.0")
    assert load({"WEFTLINE_SETTINGS": str(file)}).port == 9000


def test_the_database_lies_in_the_data_folder() -> None:
    assert load({"WEFTLINE_DATA_DIR": "/srv/w"}).database_url == "sqlite:////srv/w/weftline.db"
    other = load({"WEFTLINE_DATABASE_URL": "postgresql://u@h/n"})
    assert not other.is_sqlite
    assert not other.payloads_in_files


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"WEFTLINE_PORT": "many"}, "WEFTLINE_PORT has a wrong value"),
        ({"WEFTLINE_PORT": "70000"}, "WEFTLINE_PORT has a wrong value"),
        ({"WEFTLINE_LOG_LEVEL": "loud"}, "WEFTLINE_LOG_LEVEL has a wrong value"),
        ({"WEFTLINE_EXECUTOR_ID": "a b"}, "WEFTLINE_EXECUTOR_ID has a wrong value"),
        ({"WEFTLINE_DATADIR": "x"}, "WEFTLINE_DATADIR is not a setting (did you mean 'WEFTLINE_DATA_DIR'?)"),
    ],
)
def test_a_wrong_value_names_the_variable(environ: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(environ)
    assert words in str(caught.value)


def test_variables_of_others_are_left_alone() -> None:
    assert load({"WEFTLINE_PORT_8400_TCP_PROTO": "tcp", "PORT": "1"}) == Settings()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot = 1", "unknown key 'prot' (did you mean 'port'?)"),
        ("port = [", "is not TOML"),
        ("port = -1", "'port' in"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "s.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load({}, file)
    assert words in str(caught.value)
    assert "s.toml" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.toml cannot be read"):
        load({}, tmp_path / "gone.toml")


def test_secrets_do_not_show() -> None:
    assert "hunter2hunter2" not in repr(
        load({"WEFTLINE_MASTER_KEY": "hunter2hunter2", "WEFTLINE_API_KEY": "hunter2hunter2"})
    )
