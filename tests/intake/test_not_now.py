"""When it cannot be done now: whatever fails and wherever, the page says so, keeps what was typed, and sending again counts once."""

import errno
import re
import resource
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections
from django.test import Client
from tests.intake.filled import address, filled, nothing_stored, post
from tests.page import LANGUAGES, read

from tuidang.intake import actions
from tuidang.intake.models import Declaration
from tuidang.kernel.errors import BusyError, DamagedError
from tuidang.reference import switches
from tuidang.vault import daykeys, formkeys

pytestmark = pytest.mark.django_db
FAILURES = [
    BusyError("no place"),
    DamagedError("no key"),
    OperationalError("database or disk is full"),
    DatabaseError("database disk image is malformed"),
    InterfaceError("connection already closed"),
    OSError(errno.ENOSPC, "No space left on device"),
    PermissionError("keys"),
]
STEPS = {
    "whether declarations are taken": (switches, "intake_open"),
    "the key of the form": (formkeys, "_key"),
    "the key of the day": (daykeys, "remembered_key"),
    "the database": (actions, "store"),
}
SAID = {"en": "Nothing was confirmed as recorded", "zh-hans": "没有确认任何记录", "zh-hant": "沒有確認任何記錄"}


@pytest.fixture(autouse=True)
def open_connection(monkeypatch):
    """The test's own transaction would end with its connection."""
    monkeypatch.setattr(connection, "close", lambda: None)


def failing(failure):
    def fail(*_, **__):
        raise failure

    return fail


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("group", [False, True], ids=["one", "several"])
def test_whatever_fails_what_was_typed_stays_and_can_be_sent_again(failure, step, group):
    checked = read(post(filled(group=group), group=group)).sent(step="send")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(*STEPS[step], failing(failure))
        answered = post(checked, group=group)
    page = read(answered)
    assert (answered.status_code, answered["Retry-After"]) == (503, "10")
    assert SAID["zh-hans"] in page.text
    assert page.sent(step="send") == checked
    assert nothing_stored()
    assert post(page.sent(step="send"), group=group).status_code == 200
    assert Declaration.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", ["whether declarations are taken", "the key of the form"])
@pytest.mark.parametrize("sent", ["check", "change", "more", "alias", "sentence"])
def test_on_the_way_to_the_check_page_nothing_is_lost_either(language, step, sent):
    typed = filled(language, step=sent, text="我自己写的。")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(*STEPS[step], failing(FAILURES[-2]))
        answered = post(typed, language)
        empty = Client().get(address(language))
    page = read(answered)
    assert answered.status_code == empty.status_code == 503
    assert SAID[language] in page.text
    assert page.sent()["text"] == ["我自己写的。"]
    assert page.sent()["token"] == typed["token"]
    assert SAID[language] in read(empty).text


def test_a_key_that_died_while_its_file_was_read_is_no_reason_to_ask_the_person_again(monkeypatch):
    found, asked = daykeys.remembered_key, []

    def once_gone():
        asked.append(1)
        if len(asked) == 1:
            raise DamagedError("its file is gone")
        return found()

    checked = read(post(filled())).sent(step="send")
    monkeypatch.setattr(daykeys, "remembered_key", once_gone)
    assert post(checked).status_code == 200


def test_a_client_is_told_to_try_again_when_a_key_cannot_be_read(monkeypatch):
    from base64 import urlsafe_b64decode

    from tuidang.api import clients

    monkeypatch.setattr(formkeys, "_key", failing(DamagedError("no key")))
    body = b'{"name": "\\u5e73\\u5b89", "subject": "\\u4e09\\u9000", "content": "\\u9000\\u515a", "smnumber": "1"}'
    from base64 import urlsafe_b64encode

    answered = urlsafe_b64decode(clients.answer(urlsafe_b64encode(body)) + b"==")
    assert b'"result": 2' in answered


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_twice_and_a_page_open_in_two_tabs_are_one_declaration():
    checked = read(post(filled())).sent(step="send")
    together = Barrier(4)

    def press(_):
        together.wait()
        try:
            return post(checked)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))
    assert {answered.status_code for answered in answers} == {200}
    codes = {re.search(rb'<p class="code".*?</p>', answered.content, re.DOTALL)[0] for answered in answers}
    assert len(codes) == 1, "each page shows the code; those that came later say that it was recorded before"
    assert Declaration.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_disk_that_takes_not_one_byte_more_says_so(language, monkeypatch):
    """No file may grow: the key of the day cannot be made."""
    checked = read(post(filled(language), language)).sent(step="send")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    daykeys.forget()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        answered = post(checked, language)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    page = read(answered)
    assert answered.status_code == 503
    assert SAID[language] in page.text
    assert page.sent(step="send") == checked
