"""Pictures and documents that editors send: put beside the item, or refused in words, with all that was typed still there."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.newsroom.at_the_desk import DESK, begun, read

from tuidang.newsroom import actions, queries
from tuidang.newsroom.states import Kind

pytestmark = pytest.mark.django_db
WORDS = {"alt-en": "A square", "rights": "ours", "credit": "Ana"}


def drawn(size=(60, 40)):
    made = BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(made, "PNG")
    return made.getvalue()


def sent(data, name="a.png"):
    return SimpleUploadedFile(name, data)


def test_a_picture_comes_beside_the_item_and_away_again(mine, news):
    assert mine.post(f"{DESK}{news}/picture/", {**WORDS, "picture": sent(drawn())}).status_code == 302
    photo = queries.photo(queries.on_desk(news).picture)
    assert (photo.alt, photo.rights, photo.credit) == ({"en": "A square"}, "ours", "Ana")
    assert 'alt="A square"' in mine.get(f"{DESK}{news}/picture/").content.decode()
    mine.post(f"{DESK}{news}/picture/", {"away": "on"})
    assert queries.on_desk(news).picture is None


def test_a_picture_as_large_as_telephones_send_arrives_whole(mine, news):
    large = drawn((2000, 1400))
    assert len(large) > 4 * 1024 * 1024
    assert mine.post(f"{DESK}{news}/picture/", {**WORDS, "picture": sent(large)}).status_code == 302


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"picture": sent(b"<svg onload=alert(1)>", "a.svg")}, "cannot be shown"),
        ({"picture": sent(b"\x89PNG\r\n\x1a\n" + b"x" * 50)}, "damaged"),
        ({}, "This is missing"),
        ({"alt-en": ""}, "This is missing"),
        ({"rights": "x" * 301}, "too long"),
    ],
)
def test_what_is_no_picture_is_refused_and_its_words_stay(mine, news, given, said):
    fields = {**WORDS, **({"picture": sent(drawn())} if {"alt-en", "rights"} & set(given) else {}), **given}
    answer = mine.post(f"{DESK}{news}/picture/", fields)
    assert answer.status_code == 422
    page = read(answer)
    assert said in page.text
    assert dict(page.fields)["credit"] == "Ana"
    assert queries.on_desk(news).picture is None


def test_a_publication_has_one_document_a_language(mine):
    item = begun(Kind.PUBLICATION, mine)
    for body in (b"%PDF-1.7 one", b"%PDF-1.7 two"):
        assert mine.post(f"{DESK}{item}/document/", {"language": "zh-Hant", "document": sent(body, "報告.pdf")}).status_code == 302
    assert mine.post(f"{DESK}{item}/document/", {"language": "en", "document": sent(b"Text.", "report.txt")}).status_code == 302
    files = queries.on_desk(item).facts.files
    assert [(one.language, one.name, one.size) for one in files] == [("zh-Hant", "報告.pdf", 12), ("en", "report.txt", 5)]
    mine.post(f"{DESK}{item}/facts/", {"year": "2020", "author": "Ana"})
    assert queries.on_desk(item).facts.files == files, "what is typed leaves the files alone"
    mine.post(f"{DESK}{item}/document/", {"away": "en"})
    assert [one.language for one in queries.on_desk(item).facts.files] == ["zh-Hant"]


def test_who_decides_sees_the_documents_that_go_out(mine, hers):
    item = begun(Kind.PUBLICATION, mine)
    mine.post(f"{DESK}{item}/facts/", {"year": "2020", "author": "Ana"})
    mine.post(f"{DESK}{item}/document/", {"language": "zh-Hant", "document": sent(b"%PDF-1.7 one", "報告.pdf")})
    actions.offer(item=item, by=mine.member)
    (file,) = queries.on_desk(item).facts.files
    page = hers.get(f"{DESK}{item}/approve/").content.decode()
    assert f'href="/media/{file.digest}.pdf"' in page
    assert "報告.pdf" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"language": "en", "document": sent(b"<html><script>alert(1)</script>", "a.txt")}, "cannot be shown"),
        ({"language": "xx", "document": sent(b"Text.", "a.txt")}, "Choose one"),
        ({"language": "en"}, "This is missing"),
    ],
)
def test_what_is_no_document_is_refused_in_words(mine, given, said):
    item = begun(Kind.PUBLICATION, mine)
    answer = mine.post(f"{DESK}{item}/document/", given)
    assert answer.status_code == 422
    assert said in read(answer).text
    assert queries.on_desk(item).facts.files == []


def test_only_publications_have_documents(mine, news):
    assert mine.get(f"{DESK}{news}/document/").status_code == 404
