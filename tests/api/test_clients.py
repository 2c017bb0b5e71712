"""`POST /t.php?act=submit`, exact to the byte, as the programs of others speak it."""

import base64
import json
from time import time as now

import pytest
from django.db import OperationalError
from django.test import Client
from tests.api.speak import group, submission, understood

from tuidang.api.messages import BUSY, MESSAGES
from tuidang.intake import actions
from tuidang.intake import queries as intake
from tuidang.kernel.errors import BusyError
from tuidang.vault.codes import read_code

pytestmark = pytest.mark.django_db


def post(body: bytes, *, client: Client | None = None, **headers: str):
    return (client or Client(enforce_csrf_checks=True)).post("/t.php?act=submit", body, content_type="text/plain", headers=headers)


def sent(body: bytes) -> dict[str, object]:
    response = post(body)
    assert response.status_code == 200
    return understood(response.content)


def kept(body: bytes):
    """The declaration that a body became."""
    answer = sent(body)
    assert answer["result"] == 0
    return intake.by_code(read_code(answer["message"]))


def test_one_person_declares_first_hand_and_gets_a_code():
    found = kept(submission(name="林间客", address="河北省石家庄市", content="我声明退出党、团、队。", email="someone@example.org"))
    told = found.statement
    assert (told.voice, told.channel, told.publish, told.title) == (1, 5, True, "退党声明")
    assert told.text == "我声明退出党、团、队。"
    assert [(one.person.name, one.person.organisations, one.person.suggested) for one in found.persons] == [("林间客", 7, False)]


def test_a_place_becomes_a_region_and_is_dropped():
    from tuidang.reference import queries as reference

    found = kept(submission(address="家住四川省成都市某街 5 号"))
    assert reference.regions()[found.statement.region].labels["zh-hans"] == "四川"
    assert "成都" not in found.statement.text + found.statement.title
    assert kept(submission(name="另一人", address="不告诉")).statement.region == 0


def test_a_group_is_listed_and_its_text_holds_no_name():
    found = kept(group(("党团队", "甲山"), ("团队", "远山")))
    assert (found.statement.voice, found.statement.title) == (2, "")
    assert found.statement.text == "退党团队：{{1}}\n退团队：{{2}}"
    assert [(one.person.organisations, one.person.suggested) for one in found.persons] == [(7, False), (6, True)]


def test_the_answer_is_exactly_these_bytes():
    response = post(submission())
    code = understood(response.content)["message"]
    expected = base64.urlsafe_b64encode(b'{"result": 0, "message": "%s"}' % code.encode()).rstrip(b"=")
    assert response.content == expected
    assert response["Content-Type"] == "text/plain; charset=us-ascii"
    assert "Set-Cookie" not in response


def test_a_refusal_is_ascii_json_too():
    response = post(b"!")
    raw = base64.urlsafe_b64decode(response.content + b"=" * (-len(response.content) % 4))
    assert raw == b'{"result": 1, "message": %s}' % json.dumps(MESSAGES["unreadable"], ensure_ascii=True).encode()
    assert response.status_code == 200


def test_the_same_body_within_two_minutes_is_one_declaration(clock_file):
    clock_file.write_text("0")
    first = sent(submission())
    clock_file.write_text("60")
    assert sent(submission()) == first
    assert len(intake.new_declarations(10)) == 1
    assert intake.by_code(read_code(first["message"])).answered_twice


def test_the_same_body_later_is_another_declaration(clock_file):
    clock_file.write_text("0")
    first = sent(submission())
    clock_file.write_text("250")
    assert sent(submission()) != first
    assert len(intake.new_declarations(10)) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("first", "second"), [(100, 130), (130, 100), (100, 110)])
def test_the_same_body_twice_at_once_is_one_declaration_also_while_its_period_ends(clock_file, monkeypatch, first, second):
    """The second comes, and is answered, while the first is between its questions and its commit."""
    start, store, answers = -int(now() % 120), actions.store, []

    def be_overtaken(rows):
        if not answers:
            answers.append(None)
            clock_file.write_text(str(start + second))
            answers[0] = sent(submission())
            clock_file.write_text(str(start + max(first, second)))
        return store(rows)

    monkeypatch.setattr(actions, "store", be_overtaken)
    clock_file.write_text(str(start + first))
    answers.append(sent(submission()))
    assert answers[0] == answers[1]
    assert len(intake.new_declarations(10)) == 1
    assert intake.by_code(read_code(answers[0]["message"])).answered_twice


def test_what_was_erased_can_be_declared_again_at_once():
    from tuidang.intake.models import Declaration, Spent

    first = sent(submission())
    number = read_code(first["message"]).declaration_id()
    Declaration.objects.filter(id=number).delete()
    Spent.objects.filter(id=number).delete()
    assert sent(submission()) == first
    assert len(intake.new_declarations(10)) == 1


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (submission(name=""), "names"),
        (submission(name="长" * 61), "names"),
        (submission(content="我声明退出。", subject="声明"), "organisations"),
        (submission(subject="退党" * 101), "title"),
        (submission(subject="", content="退党" + "长" * 19_999), "text"),
        (submission(name="、".join(f"人{n}" for n in range(501)), content="三退"), "persons"),
        (b"not base64 at all", "unreadable"),
    ],
)
def test_what_cannot_be_taken_in_is_answered_with_its_reason_and_not_stored(body, problem):
    assert sent(body) == {"result": 1, "message": MESSAGES[problem]}
    assert intake.new_declarations(1) == []


def test_every_message_says_whether_something_was_recorded_in_three_languages():
    for text in MESSAGES.values():
        assert "未作任何记录" in text
        assert "未作任何記錄" in text
        assert "Nothing was recorded" in text
    assert BUSY not in MESSAGES.values()


@pytest.mark.parametrize("fault", [BusyError("full"), OperationalError("disk I/O error"), OSError(28, "No space left on device")])
def test_no_code_is_answered_unless_it_is_durable(monkeypatch, fault):
    def fail(**_):
        raise fault

    monkeypatch.setattr(actions, "accept", fail)
    assert sent(submission()) == {"result": 2, "message": BUSY}


def test_a_closed_register_says_so(settings, tmp_path):
    from dataclasses import replace

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, hosts=("register.example",))
    assert sent(submission()) == {"result": 1, "message": MESSAGES["closed"]}


@pytest.mark.parametrize("origin", ["null", "https://mirror.example", "file://"])
def test_a_page_from_anywhere_may_send_and_read_the_answer(origin):
    response = post(submission(), origin=origin)
    assert understood(response.content)["result"] == 0
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_browser_that_asks_first_is_answered():
    response = Client().options("/t.php?act=submit", headers={"origin": "null", "access-control-request-method": "POST"})
    assert response.status_code == 204
    assert response.content == b""
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Methods"] == "POST, OPTIONS"
    assert response["Access-Control-Allow-Headers"] == "Content-Type"


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_other_methods_do_nothing(method):
    response = getattr(Client(), method)("/t.php?act=submit")
    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")


def test_another_act_does_nothing():
    assert Client().post("/t.php?act=other", submission(), content_type="text/plain").status_code == 405
    assert intake.new_declarations(1) == []


def test_the_content_type_does_not_matter():
    for kind in ("application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x"):
        response = Client().generic("POST", "/t.php?act=submit", submission(name=f"寄件{len(kind)}"), content_type=kind)
        assert understood(response.content)["result"] == 0


@pytest.mark.parametrize(
    ("accepts", "language"), [("zh-TW,zh;q=0.8", "zh-hant"), ("zh-CN", "zh-hans"), ("zh", "zh-hans"), ("fr", "en"), ("zh-HK", "zh-hant")]
)
def test_the_old_address_of_the_lookup_leads_to_the_new_one(accepts, language):
    for path in ("/index/querybyid", "/index/querybyid/"):
        response = Client().get(path, headers={"accept-language": accepts})
        assert (response.status_code, response["Location"]) == (302, f"/{language}/lookup/")
