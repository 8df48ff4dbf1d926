import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from genoteca.settings import Settings, assets_folder, bundled_plugins, dagster_environment, worker_environment


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.toml").write_text('port = 9000\ntheme = "dark"\n')
    monkeypatch.setenv("GENOTECA_HOME", str(tmp_path))
    monkeypatch.setenv("GENOTECA_PORT", "9001")
    settings = Settings()
    assert (settings.home, settings.port, settings.theme) == (tmp_path, 9001, "dark")


def test_the_hubs_own_variables_are_read_and_ours_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.toml").write_text('hf_endpoint = "https://file.example"\nhf_token = "of the file"\n')
    monkeypatch.setenv("GENOTECA_HOME", str(tmp_path))
    assert (Settings().hf_endpoint, Settings().hf_token) == ("https://file.example", "of the file")
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example")
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    settings = Settings()
    assert (settings.hf_endpoint, settings.hf_token) == ("https://hub.example", "secret")
    assert settings.hf_hub_offline
    assert not settings.offline
    assert "secret" not in repr(settings)
    monkeypatch.setenv("GENOTECA_HF_ENDPOINT", "https://ours.example")
    assert Settings().hf_endpoint == "https://ours.example"


def test_a_wrong_value_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOTECA_HOME", str(tmp_path))
    monkeypatch.setenv("GENOTECA_ENGINE", "sqlite")
    with pytest.raises(ValidationError, match="engine"):
        Settings()


def test_reading_settings_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "absent"
    monkeypatch.setenv("GENOTECA_HOME", str(home))
    assert Settings().layout.sample("u", "s") == home / "users" / "u" / "s"
    assert not home.exists()


def test_every_setting_is_documented() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_what_is_shipped_is_found() -> None:
    assert bundled_plugins().is_dir()
    assert assets_folder().is_dir()


def test_a_child_process_is_told_the_data_folder_and_to_send_nothing(settings: Settings) -> None:
    environment = worker_environment(settings)
    assert environment["GENOTECA_HOME"] == str(settings.home)
    assert environment["DAGSTER_DISABLE_TELEMETRY"] == "1"
    assert environment["OPENBLAS_NUM_THREADS"] == "1"


def test_the_cache_alone_can_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOTECA_HOME", str(tmp_path))
    assert Settings().layout.cache == tmp_path / "cache"
    monkeypatch.setenv("GENOTECA_CACHE", str(tmp_path / "fast disk"))
    assert Settings().layout.cache == tmp_path / "fast disk" / "genoteca"
    assert Settings().layout.respelled.is_relative_to(tmp_path / "fast disk")
    assert Settings().layout.users == tmp_path / "users"


def test_dagsters_own_programs_are_given_the_home_and_the_way_to_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "/somewhere/else")
    monkeypatch.setenv("PYTHONPATH", "/mine")
    given = dagster_environment(Settings(home=tmp_path))
    assert given["DAGSTER_HOME"] == str(tmp_path / "dagster")
    first, second = given["PYTHONPATH"].split(os.pathsep)
    assert (Path(first) / "genoteca_queue.py").is_file()
    assert list(Path(first).glob("*.py")) == [Path(first) / "genoteca_queue.py"]  # nothing else of ours gets there
    assert second == "/mine"
