"""Any bytes in any field of any form: a page in the reader's language, and never an error of ours."""

from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.filled import AS_A_FORM, filled
from tests.page import LANGUAGES, read

from tuidang.intake import actions
from tuidang.intake.content import Accepted
from tuidang.intake.policies import check

PAGES = ("declare/", "declare/group/", "declare/which/")
STEPS = ("check", "send", "change", "more", "alias", "sentence", "which", "")
SPANNING = {"en": "Public Register", "zh-hans": "退出声明公开登记", "zh-hant": "退出聲明公開登記"}
FIELDS = ["name", "left", "place", "title", "text", "publish", "adult", "agreed", "consent", "rows", "several", "step", "token"] + [
    f"{name}_{number}" for name in ("name", "left", "child") for number in (1, 2, 5)
]
_pieces = st.one_of(
    st.binary(max_size=80),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(
        [
            b"party",
            b"on",
            b"3",
            b"99999",
            b"{{1}}",
            b"\xff\xfe\x00",
            "我叫王建国".encode(),
            b"13800138000",
            b"'\"<&>%s%(name)s{organisations}",
        ]
    ),
)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def not_stored(monkeypatch):
    """What would be stored is checked as `accept` checks it, and not written: the examples stand in one transaction."""

    def accept(*, declaration, code):
        check(declaration)
        declaration.content()
        return Accepted("new", len(declaration.persons))

    monkeypatch.setattr(actions, "accept", accept)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changed=st.dictionaries(st.sampled_from(FIELDS), _pieces, max_size=6), step=st.sampled_from(STEPS))
def test_any_bytes_in_any_field_give_a_page_in_the_readers_language(language, page, changed, step):
    group = "group" in page
    right = filled(language, group=group, step=step)
    body = urlencode({name: value for name, value in right.items() if name not in changed}, doseq=True)
    body = "&".join([body, *(f"{name}={quote_from_bytes(value)}" for name, value in changed.items())])
    answered = Client().post(f"/{language}/{page}", body, content_type=AS_A_FORM)
    assert answered.status_code in (200, 400, 403, 413, 422)
    assert SPANNING[language] in read(answered).title


@pytest.mark.parametrize("page", PAGES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=400), kind=st.sampled_from([AS_A_FORM, "multipart/form-data; boundary=x", "text/plain", "", "application/json"])
)
def test_any_body_gives_a_page(page, body, kind):
    answered = Client().post(f"/zh-hans/{page}", body, content_type=kind)
    assert answered.status_code in (200, 400, 403, 413, 422)
    assert SPANNING["zh-hans"] in read(answered).title
