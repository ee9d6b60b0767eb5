"""The environment is checked before anything starts."""

import os
import stat
from dataclasses import replace

import pytest

from gendan.config import env


def test_defaults_need_no_variable():
    environment = env.read({"PATH": "/bin"})
    assert (environment.port, environment.live_port, environment.bind) == (8000, 18000, "127.0.0.1")
    assert environment.home == env.CHECKOUT / "var"
    assert environment.workers == 2
    assert environment.origin == "http://localhost:8000"


def test_home_and_port_make_a_second_installation(tmp_path):
    environment = env.read({"GENDAN_HOME": str(tmp_path), "GENDAN_PORT": "8100"})
    assert environment.home == tmp_path
    assert environment.live_port == 18100


def test_a_high_port_leaves_room_for_the_live_port():
    assert env.read({"GENDAN_PORT": "60000"}).live_port == 50000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GENDAN_PORT", "eighty"),
        ("GENDAN_PORT", "70000"),
        ("GENDAN_WORKERS", "0"),
        ("GENDAN_DEBUG", "yes"),
        ("GENDAN_URL", "gendan.example.com"),
        ("GENDAN_URL", "https://example.com/path"),
        ("GENDAN_DATABASE_URL", "sqlite:///x"),
        ("GENDAN_SECRET_KEY", "short"),
        ("GENDAN_MAIL_URL", "mail.example.com"),
        ("GENDAN_PROT", "8000"),
    ],
)
def test_a_misspelt_value_is_refused_by_name(name, value):
    with pytest.raises(env.Misconfigured, match=name):
        env.read({name: value})


def test_the_secret_key_is_not_in_the_refusal():
    with pytest.raises(env.Misconfigured) as refusal:
        env.read({"GENDAN_SECRET_KEY": "abcdef"})
    assert "abcdef" not in str(refusal.value)


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path):
    environment = env.read({"GENDAN_HOME": str(tmp_path / "new")})
    key = env.secret_key(environment)
    assert len(key) > 50
    assert env.secret_key(environment) == key
    path = tmp_path / "new" / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["secret_key"]
    assert env.secret_key(replace(environment, secret_key="x" * 40)) == "x" * 40


def test_an_empty_secret_key_file_is_refused(tmp_path):
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(env.Misconfigured, match="secret_key"):
        env.secret_key(env.read({"GENDAN_HOME": str(tmp_path)}))


def test_every_variable_is_documented():
    page = (env.CHECKOUT / "docs" / "howto" / "configure.md").read_text(encoding="utf-8")
    assert [name for name in env.VARIABLES if f"`{name}`" not in page] == []
