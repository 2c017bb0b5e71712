"""What a reader does by the links of a letter: change, see, unsubscribe, erase. Opening them does nothing."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connections
from django.test import Client
from django.urls import get_resolver
from tests.house.test_reading import WRITES, routes
from tests.newsletter import mailed
from tests.newsletter.readers import ANNA, BOTH, confirmed, links, send, sign_up
from tests.page import LANGUAGES, read

from tuidang.newsletter import actions, adapters, consents, queries
from tuidang.newsletter.delivering import Courier
from tuidang.newsletter.models import Subscriber, Suppression, Wish
from tuidang.newsletter.policies import read_address
from tuidang.newsletter.states import Reason, Rhythm, State, Topic

pytestmark = pytest.mark.django_db(databases=BOTH)
PURPOSES = ("confirm", "settings", "leave")


@pytest.fixture
def reader(post, outbox):
    return confirmed(post, outbox)


def page(purpose: str, reader: Subscriber, language: str = "en") -> str:
    letter = {"confirm": "c", "settings": "p", "leave": "u"}[purpose]
    return f"/{language}/newsletter/{letter}/{adapters.token(purpose, reader.id)}/"


def kept() -> tuple[int, list[int]]:
    return Subscriber.objects.count(), [one.reason for one in Suppression.objects.all()]


def test_a_reader_changes_language_subjects_and_rhythm(reader):
    opened = read(Client().get(page("settings", reader)))
    chosen = {"language": "zh-hant", "topics": str(Topic.EVENTS.value), "rhythm": str(Rhythm.MONTHLY.value)}
    saved = send(page("settings", reader), **{**opened.sent(), **chosen, "step": "save"})
    assert saved.status_code == 200
    again = read(Client().get(page("settings", reader))).sent()
    assert {name: again[name] for name in chosen} == {name: [value] for name, value in chosen.items()}


def test_what_cannot_be_chosen_changes_nothing(reader):
    answer = send(page("settings", reader), language="en", rhythm="1", step="save")
    assert answer.status_code == 422
    reader.refresh_from_db()
    assert reader.rhythm == Rhythm.WEEKLY


def test_the_settings_show_the_address_to_whoever_knows_it_alone(reader):
    shown = Client().get(page("settings", reader)).content.decode()
    assert "a…@mail.example" in shown
    assert ANNA not in shown


def test_a_reader_takes_out_everything_that_is_kept(reader):
    file = send(page("settings", reader), step="export")
    assert file["Content-Disposition"].startswith("attachment")
    told = json.loads(file.content)
    assert (told["address"], told["language"], told["rhythm"]) == (ANNA, "en", "weekly")
    assert told["consent"]["words"] == consents.words(consents.VERSION, "en")
    stored = {field.name for field in Subscriber._meta.local_fields} - {"id", "mailbox"}
    as_told = {"state": "confirmed", "proof": "consent", "letters": "letters_about_signing_up", "letters_day": "letters_about_signing_up"}
    assert {as_told.get(name, name) for name in stored} <= set(told)


@pytest.mark.parametrize(("never", "left"), [({}, []), ({"never": "on"}, [Reason.NEVER])])
def test_erasing_leaves_nothing_unless_they_ask_never_to_be_written_to(reader, never, left):
    sign_up()
    assert send(page("settings", reader), step="erase", **never).status_code == 200
    assert kept() == (0, left)
    assert Wish.objects.count() == 0
    for purpose in ("settings", "confirm"):
        assert send(page(purpose, reader), step="erase").status_code == 404


def test_unsubscribing_deletes_the_address_and_keeps_a_mark_against_old_lists(reader):
    assert send(page("leave", reader)).status_code == 200
    assert kept() == (0, [Reason.LEFT])
    assert send(page("settings", reader)).status_code == 404


def test_who_leaves_for_good_cannot_be_signed_up_by_others(reader, post, outbox):
    send(page("leave", reader), never="on")
    assert kept() == (0, [Reason.NEVER])
    before = len(outbox.raw)
    sign_up()
    post.step()
    assert len(outbox.raw) == before


def test_a_complaint_outlives_what_is_asked_later(reader):
    actions.shut_out(address=read_address(ANNA), reason=Reason.COMPLAINED)
    actions.shut_out(address=read_address(ANNA), reason=Reason.LEFT)
    actions.erase(address=read_address(ANNA))
    assert kept() == (0, [Reason.COMPLAINED])


def test_who_did_not_confirm_leaves_by_the_letter_too(post, outbox):
    sign_up()
    post.step()
    send(links(outbox.answers()[0])["u"], never="on")
    assert kept() == (0, [Reason.NEVER])


def one_click(address: str, **headers: str):
    """As programs of mail send it: RFC 8058, section 3.2."""
    return Client(enforce_csrf_checks=True, headers=headers).post(
        address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )


def test_one_click_unsubscribes_without_cookie_and_redirect(reader, outbox):
    letter = outbox.answers()[-1]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(r"<https?://[^/]+(/newsletter/u/[\w-]{22}/)>", letter["List-Unsubscribe"])[1]
    for _ in range(2):
        answer = one_click(address, Origin="https://mail.example")
        assert (answer.status_code, answer.cookies) == (200, {})
    assert kept() == (0, [Reason.LEFT])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff" * 100_000, "multipart/form-data; boundary=missing"),
        (b"List-Unsubscribe=One-Click", "text/plain"),
    ],
)
def test_one_click_works_in_whatever_form_a_program_sends_it(reader, body, kind):
    address = f"/newsletter/u/{adapters.token('leave', reader.id)}/"
    answer = Client(enforce_csrf_checks=True).post(address, body, content_type=kind)
    assert (answer.status_code, answer.content, kept()) == (200, b"OK\n", (0, [Reason.LEFT]))


@pytest.mark.parametrize("token", ["x" * 22, "x", "é" * 22, "x" * 5000, "-" * 22, "A" * 21 + "B", "%00" * 22])
def test_a_link_that_leads_nowhere_is_answered_alike(reader, token):
    assert one_click(f"/newsletter/u/{token}/").status_code == 200
    assert send(f"/en/newsletter/u/{token}/").status_code == 200
    for letter in "cp":
        assert send(f"/en/newsletter/{letter}/{token}/").status_code == 404
    assert kept() == (1, [])


def test_a_person_who_opens_the_address_of_the_header_comes_to_a_page_with_a_button(reader):
    address = f"/newsletter/u/{adapters.token('leave', reader.id)}/"
    opened = Client(headers={"Accept-Language": "zh-TW"}).get(address)
    assert (opened.status_code, opened["Location"]) == (302, page("leave", reader, "zh-hant"))
    assert kept() == (1, [])


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_opens_what_it_is_for_and_nothing_else(reader, purpose):
    token = adapters.token(purpose, reader.id)
    assert len(token) == 22
    assert [one for one in PURPOSES if adapters.read_token(one, token) == reader.id] == [purpose]


def addresses(letter) -> set[str]:
    """All that a program finds to open in a letter: in its head and in both texts."""
    parts = [letter.get_body((kind,)).get_content() for kind in ("plain", "html")]
    return set(re.findall(r"https?://[^/\s<>]+(/[^\s<>\"]+)", " ".join([*parts, *map(str, letter.values())])))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scanner_that_opens_every_link_signs_up_confirms_and_unsubscribes_nobody(post, outbox, language):
    """Every address of the site that takes a token, with every token that there is; every link of every letter; and where those lead on to."""
    confirmed(post, outbox)
    sign_up("waits@mail.example")
    post.step()
    mailed.readers("each@mail.example", language=language)
    mailed.begun(rhythms=list(Rhythm))
    courier = Courier(post.sender)
    while courier.step():
        pass
    assert len(outbox.raw) == 4
    tokens = [adapters.token(purpose, one.id) for purpose in PURPOSES for one in Subscriber.objects.all()]
    taking = sorted({route for route in routes(get_resolver()) if "newsletter" in route})
    assert sum("token" in route for route in taking) == 4
    targets = {re.sub(r"<str:\w+>", token, "/" + route.replace("<language>", language)) for route in taking for token in tokens}
    in_letters = set().union(*map(addresses, outbox.answers()))
    assert {found[1] for one in in_letters if (found := re.search(r"/newsletter/(\w)/", one))} == set("cpu")
    assert any(one.startswith("/newsletter/u/") for one in in_letters)
    targets |= in_letters
    writing: list[str] = []

    def note(execute, sql, *given):
        if WRITES.match(sql):
            writing.append(sql)
        return execute(sql, *given)

    before = sorted(Subscriber.objects.values_list("id", "state", "letters"))
    with connections["newsletter"].execute_wrapper(note), connections["default"].execute_wrapper(note):
        for target in targets:
            for method in (Client().get, Client().head):
                answer = method(target, {"address": ANNA, "consent": "on", "step": "erase"}, follow=True)
                assert answer.status_code < 500
    assert writing == []
    assert sorted(Subscriber.objects.values_list("id", "state", "letters")) == before
    assert {one[1] for one in before} == {State.WAITING, State.CONFIRMED}


def test_a_reader_of_an_imported_list_sees_where_they_agreed(outbox):
    proof = actions.note_proof(text="Lists of the march in Toronto, binder 3")
    choices = confirmed_choices()
    assert actions.take_in(readers=[actions.Imported(read_address(ANNA), choices, 20_000)], proof=proof) == [""]
    assert queries.held(read_address(ANNA))["consent"] == {"proof": "Lists of the march in Toronto, binder 3"}


def confirmed_choices():
    from tuidang.newsletter.forms import blank

    return blank("en").choices


def test_pages_of_links_tell_their_address_to_nobody(reader):
    for purpose in PURPOSES:
        assert Client().get(page(purpose, reader))["Referrer-Policy"] == "no-referrer"
