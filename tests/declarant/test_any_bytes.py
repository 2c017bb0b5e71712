"""Whatever is sent with a code that opens something gives a page in the reader's language: to the forms of a correction, and to every step."""

from __future__ import annotations

from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.declarant.pages import STEPS, sealed, send
from tests.intake.filled import AS_A_FORM
from tests.ledger.register import declare
from tests.page import LANGUAGES, read
from tests.public.test_every_page import NAMES

from tuidang.vault.codes import Code

CORRECTING = ("correct", "correct_check", "correct_now", "correct-1", "correct_check-2", "correct_now-2", "correct-²", "correct_check-٣")
FIELDS = (
    "name",
    "name_1",
    "name_2",
    "name_9",
    "name_500",
    "left",
    "left_1",
    "left_2",
    "child_1",
    "rows",
    "several",
    "persons",
    "text",
    "title",
    "place",
    "code",
)
"""Of any of the forms, or of none. Not those of one form alone: what is sent corrects, and then the form is another."""
_AWKWARD = ("on", "party", "1", "²", "9" * 40, "{{1}}{{999}}{{12345}}", "平" * 300, "（已故）", "x" * 70_000)
_pieces = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([b"\xff\xfe\0", *(one.encode() for one in _AWKWARD)]),
)


@pytest.fixture
def codes(register) -> list[Code]:
    on_record = sealed("静雨"), sealed("平安", "晨光", text="平安和晨光声明退出。")
    waiting = declare("远山"), declare("小河", "白帆")
    return [*on_record, *waiting, on_record[1].member(1), waiting[1].member(2)]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_in_any_field_of_a_correction_give_an_answer_in_the_readers_language(codes, language, data):
    code = data.draw(st.sampled_from(codes))
    step = data.draw(st.sampled_from([*CORRECTING, *CORRECTING, *STEPS[: -len(("take_back_now", "erase_now", "none"))]]))
    right = read(send(code, language, "correct")).sent()
    changed = data.draw(st.dictionaries(st.sampled_from(FIELDS), _pieces, max_size=5))
    kept = {name: value for name, value in right.items() if name not in changed}
    pieces = [urlencode({**kept, "code": code.base32(), "step": step}, doseq=True)]
    body = "&".join([*pieces, *(f"{name}={quote_from_bytes(value)}" for name, value in changed.items() if name != "code")])
    answered = Client().post(f"/{language}/lookup/", body.encode(), content_type=AS_A_FORM)
    assert answered.status_code in (200, 400, 413, 422)
    if answered["Content-Type"].startswith("text/html"):
        assert NAMES[language] in read(answered).title


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_forms_that_are_sent_to_are_there(codes, language):
    names = [{name for name, _ in read(send(code, language, "correct")).fields} for code in codes]
    assert all("code" in one for one in names)
    alone, group = ("name",), ("name_1", "name_2")
    expected = [alone, group, alone, group, alone, alone]
    assert [tuple(sorted(one & {"name", *group})) for one in names] == expected
