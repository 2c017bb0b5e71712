"""What the environment may set is read once and refused where it is wrong."""

import pytest

from tuidang.config.environment import read_environment
from tuidang.kernel.errors import SetUpError

ONION = f"http://{'b' * 56}.onion"


def mirrors(monkeypatch, value):
    monkeypatch.setenv("TUIDANG_MIRRORS", value)
    return read_environment()


def test_mirrors_are_a_list(monkeypatch):
    found = mirrors(monkeypatch, f"https://a.example/, https://b.example:8443 {ONION}/ https://a.example")
    assert found.mirrors == ("https://a.example", "https://b.example:8443", ONION)
    assert found.onion == ONION


def test_mirrors_are_a_file(monkeypatch, tmp_path):
    (tmp_path / "mirrors").write_text(f"# ours\nhttps://a.example\n\n{ONION}  # slow\n")
    assert mirrors(monkeypatch, str(tmp_path / "mirrors")).mirrors == ("https://a.example", ONION)


def test_without_mirrors_there_are_none(monkeypatch):
    found = mirrors(monkeypatch, " ")
    assert (found.mirrors, found.onion) == ((), "")


@pytest.mark.parametrize(
    "value",
    [
        "a.example",
        "http://a.example",
        "https://a.example/path",
        "https://user@a.example",
        "https://a.example:x",
        "https://例.example",
        "https://[",
        "javascript:alert(1)",
        "/nowhere/at/all",
    ],
)
def test_what_is_no_address_is_refused(monkeypatch, value):
    with pytest.raises(SetUpError, match="TUIDANG_MIRRORS"):
        mirrors(monkeypatch, value)


def test_letters_go_to_a_folder_only_where_nothing_is_public(monkeypatch):
    monkeypatch.setenv("TUIDANG_LETTERS", "letters")
    assert read_environment().letters == "letters"
    monkeypatch.setenv("TUIDANG_HOSTS", "register.example")
    with pytest.raises(SetUpError, match="TUIDANG_LETTERS"):
        read_environment()
