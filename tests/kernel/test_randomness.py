"""Randomness asked for at once and handed out in parts."""

import pytest

from tuidang.kernel import randomness
from tuidang.kernel.randomness import Draw


def test_no_byte_of_a_draw_is_handed_out_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(randomness.secrets, "token_bytes", lambda count: bytes(range(count)))
    draw = Draw(10)
    assert [draw.take(4), draw.take(6)] == [bytes(range(4)), bytes(range(4, 10))]


def test_a_draw_that_is_used_up_asks_again_and_is_never_short() -> None:
    draw = Draw(5)
    parts = [draw.take(16) for _ in range(100)]
    assert {len(part) for part in parts} == {16}
    assert len(set(parts)) == 100
