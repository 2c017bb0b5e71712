"""Form tokens and clients' bodies: what they turn into codes with is outside the database, short-lived, and cannot be guessed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuidang.kernel.places import places
from tuidang.vault import formkeys
from tuidang.vault.formkeys import CLIENT_SECONDS, TOKEN_HOURS, ExpiredTokenError, FormToken, client_codes

HOUR = 3_600


@pytest.fixture
def clock(tmp_path, monkeypatch):
    """Sets the clock to so many seconds after the machine's."""
    monkeypatch.setenv("TUIDANG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TUIDANG_CLOCK_FILE", str(tmp_path / "clock"))
    monkeypatch.setattr(formkeys, "_keys", {})
    monkeypatch.setattr(formkeys, "_period", [])
    return lambda seconds: (tmp_path / "clock").write_text(str(seconds))


def test_a_token_comes_back_as_the_same_code_in_every_process(clock):
    token = FormToken.fresh()
    code = token.code()
    formkeys._keys.clear()
    assert FormToken.parse(str(token)).code() == code


def test_two_tokens_are_two_codes(clock):
    assert FormToken.fresh().code() != FormToken.fresh().code()


def test_a_token_lives_for_two_days_also_over_midnight(clock):
    token = str(FormToken.fresh())
    clock((TOKEN_HOURS - 1) * HOUR)
    formkeys.drop_old()
    assert FormToken.parse(token)
    clock((TOKEN_HOURS + 1) * HOUR)
    with pytest.raises(ExpiredTokenError, match="too old"):
        FormToken.parse(token)


def test_a_token_from_the_future_is_none(clock):
    clock(5 * HOUR)
    token = str(FormToken.fresh())
    clock(0)
    with pytest.raises(ExpiredTokenError):
        FormToken.parse(token)


def test_every_flipped_byte_makes_it_a_forgery(clock):
    raw = urlsafe_b64decode(str(FormToken.fresh()))
    for place in range(len(raw)):
        forged = bytearray(raw)
        forged[place] ^= 1
        with pytest.raises(ExpiredTokenError):
            FormToken.parse(urlsafe_b64encode(bytes(forged)).decode())


def test_a_token_of_another_register_is_none(clock, tmp_path, monkeypatch):
    token = str(FormToken.fresh())
    monkeypatch.setenv("TUIDANG_DATA", str(tmp_path / "other"))
    formkeys._keys.clear()
    with pytest.raises(ExpiredTokenError, match="not ours"):
        FormToken.parse(token)


def test_a_token_says_nothing_of_its_code(clock):
    token = FormToken.fresh()
    assert token.code().secret not in urlsafe_b64decode(str(token))
    assert token.random.hex() not in repr(token)


@given(st.text(max_size=80))
def test_whatever_is_sent_as_a_token_is_refused_in_order(text):
    with pytest.raises(ExpiredTokenError):
        FormToken.parse(text)


def test_guesses_make_no_keys(clock):
    for hour in (0, 1, 2**32 - 1):
        with pytest.raises(ExpiredTokenError):
            FormToken.parse(urlsafe_b64encode(bytes(16) + hour.to_bytes(4, "big") + bytes(16)).decode())
    assert not places().keys.exists()


def test_the_same_body_is_the_same_code_for_two_to_four_minutes_and_then_another(clock):
    now, _ = client_codes(b"body")
    assert client_codes(b"other")[0] != now
    clock(CLIENT_SECONDS)
    assert client_codes(b"body")[1] == now
    clock(2 * CLIENT_SECONDS)
    assert now not in client_codes(b"body")


def test_keys_that_nothing_valid_needs_are_destroyed(clock):
    token = str(FormToken.fresh())
    client_codes(b"body")
    clock(3 * 24 * HOUR)
    str(FormToken.fresh())
    formkeys.drop_old()
    assert len(list(places().keys.glob("form-*"))) == 2
    clock(4 * 24 * HOUR)
    str(FormToken.fresh())
    formkeys.drop_old()
    names = sorted(path.name for path in places().keys.iterdir())
    assert len(names) == 2
    assert all(name.startswith("form-") for name in names)
    clock(0)
    with pytest.raises(ExpiredTokenError, match="not ours"):
        FormToken.parse(token)


def test_names_and_times_of_key_files_are_the_same_whether_somebody_came_or_not(clock):
    def files(body: bytes | None) -> set[str]:
        for minute in range(40):
            clock(minute * 60)
            formkeys.make_next()
            formkeys.drop_old()
            before = {path.name: path.stat().st_mtime_ns for path in places().keys.iterdir()}
            if body and minute % 7 == 0:
                client_codes(body)
                str(FormToken.fresh())
            after = {path.name: path.stat().st_mtime_ns for path in places().keys.iterdir()}
            if minute > 3:
                assert after == before
        return {name for name in before if name.startswith("client-")}

    quiet = files(None)
    assert len(quiet) == 3
    assert len(files(b"body")) == 3


def test_without_the_loop_old_keys_go_at_the_next_use(clock):
    for minute in range(0, 40, 10):
        clock(minute * 60)
        client_codes(b"body")
    clock(50 * 60)
    str(FormToken.fresh())
    assert not list(places().keys.glob("client-*"))


def test_keys_whose_files_another_process_destroyed_leave_our_memory(clock):
    client_codes(b"body")
    str(FormToken.fresh())
    saved = dict(formkeys._keys)
    clock(5 * 24 * HOUR)
    formkeys.drop_old()
    formkeys._keys.update(saved)
    formkeys.forget_old()
    assert formkeys._keys == {}
