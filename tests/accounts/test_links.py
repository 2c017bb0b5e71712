"""Staff sign in with links that work once. Whoever merely opens one, like a mail scanner, changes nothing."""

import threading
from http import HTTPStatus

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from tests.accounts.append_only import empty_protected
from tests.accounts.people import clock_ahead, member_with, signed_in

from tuidang.accounts import actions, queries
from tuidang.accounts.models import Member, OneTimeLink
from tuidang.accounts.policies import LINK_HOURS, Role
from tuidang.kernel.errors import InvalidInputError, RefusedError

pytestmark = pytest.mark.django_db


def home_status(browser: Client) -> int:
    return browser.get("/staff/").status_code


def invited() -> str:
    return actions.invite(name="Chen", roles=[Role.REVIEWER], by=None)


def test_opening_a_link_shows_a_button_and_changes_nothing():
    token = invited()
    for _ in range(3):
        page = Client().get(f"/staff/in/{token}/")
        assert page.status_code == HTTPStatus.OK
        assert b"<button" in page.content
    assert OneTimeLink.objects.get().used is False
    assert Session.objects.count() == 0


def test_pressing_the_button_signs_in_once():
    token, browser = invited(), Client()
    assert browser.post(f"/staff/in/{token}/").url == "/staff/"
    assert home_status(browser) == HTTPStatus.OK
    other = Client()
    assert other.post(f"/staff/in/{token}/").status_code == HTTPStatus.GONE
    assert home_status(other) == HTTPStatus.FOUND
    assert Client().get(f"/staff/in/{token}/").status_code == HTTPStatus.GONE


def test_the_button_needs_the_page_it_is_on():
    token, browser = invited(), Client(enforce_csrf_checks=True)
    assert browser.post(f"/staff/in/{token}/").status_code == HTTPStatus.FORBIDDEN
    assert queries.opens(token)


@pytest.mark.parametrize("token", ["x", "0" * 22, "%E9%80%80", "a" * 500])
def test_a_link_that_is_not_ours_opens_nothing(token):
    assert Client().get(f"/staff/in/{token}/").status_code == HTTPStatus.GONE
    assert Client().post(f"/staff/in/{token}/").status_code == HTTPStatus.GONE


def test_a_link_runs_out(monkeypatch, tmp_path):
    token = invited()
    clock_ahead(monkeypatch, tmp_path, LINK_HOURS * 3600)
    assert not queries.opens(token)
    with pytest.raises(RefusedError):
        actions.use_link(token=token)


def test_a_new_link_ends_the_one_before():
    token = invited()
    fresh = actions.new_link(member=queries.members()[0].id, by=None)
    assert (queries.opens(token), queries.opens(fresh)) == (False, True)


def test_the_database_holds_no_token():
    token = invited()
    assert len(token) == 22
    assert token not in str(list(OneTimeLink.objects.values_list())) + str(list(Member.objects.values_list()))


def test_whoever_lost_access_is_out_at_once_and_stays_out():
    member = member_with(Role.REVIEWER)
    browser, token = signed_in(member), actions.new_link(member=member, by=None)
    assert home_status(browser) == HTTPStatus.OK
    actions.revoke(member=member, by=None)
    assert home_status(browser) == HTTPStatus.FOUND
    assert not queries.opens(token)
    with pytest.raises(RefusedError):
        actions.new_link(member=member, by=None)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b", "turned\u202eround"])
def test_a_name_that_cannot_be_shown_is_refused(name):
    with pytest.raises(InvalidInputError):
        actions.invite(name=name, roles=[Role.REVIEWER], by=None)
    assert queries.members() == []


def test_signing_out_ends_the_session():
    browser = signed_in(member_with(Role.EDITOR))
    browser.post("/staff/out/")
    assert home_status(browser) == HTTPStatus.FOUND
    assert Session.objects.count() == 0


def test_a_session_holds_the_member_and_nothing_about_their_device():
    browser = signed_in(member_with(Role.EDITOR), headers={"user-agent": "Canary/1.0"}, REMOTE_ADDR="203.0.113.9")
    browser.post("/staff/language/", {"language": "zh-hant"})
    kept = Session.objects.get().get_decoded()
    assert set(kept) == {"_auth_user_id", "_auth_user_backend", "_auth_user_hash", "language"}


def test_nobody_notes_when_a_member_was_here():
    assert "last_login" not in {field.name for field in Member._meta.get_fields()}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_at_the_same_time_one_is_signed_in():
    token, results, together = invited(), [], threading.Barrier(2)

    def press() -> None:
        together.wait()
        results.append(Client().post(f"/staff/in/{token}/").status_code)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    empty_protected()
    assert sorted(results) == [HTTPStatus.FOUND, HTTPStatus.GONE]
