"""Bodies that do not arrive hold up nobody but those who send them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

from tuidang.config.bodies import LARGEST_BODY, LARGEST_UPLOAD, UPLOADS_AT_ONCE, Bodies, largest_body


class Slow:
    """A body that arrives when the test lets it."""

    def __init__(self) -> None:
        self.arrived = threading.Event()

    def read(self, length: int) -> bytes:
        self.arrived.wait(5)
        return b"a" * length


class CutOff:
    def read(self, length: int) -> bytes:
        raise OSError(length)


def echo(environ, start_response):
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def too_large(environ, start_response):
    del environ
    start_response("413", [])
    return []


def post(site, body, *, length: object = 4, method: str = "POST"):
    """(status, headers, body) of the answer."""
    told = []
    environ = {"REQUEST_METHOD": method, "CONTENT_LENGTH": str(length), "wsgi.input": body}
    answer = b"".join(site(environ, lambda status, headers: told.extend((status, dict(headers)))))
    return told[0], told[1], answer


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS"])
def test_a_body_that_is_here_is_handed_on(method):
    assert post(Bodies(echo), BytesIO(b"bodyand more"), method=method)[::2] == ("200 OK", b"body")


def test_a_body_that_is_cut_off_is_empty():
    assert post(Bodies(echo), CutOff())[::2] == ("200 OK", b"")


@pytest.mark.parametrize("length", ["", "x", "-1", LARGEST_BODY + 1])
def test_what_will_be_refused_unread_is_not_read(length):
    body = BytesIO(b"left")
    assert post(Bodies(too_large), body, length=length)[0] == "413"
    assert body.tell() == 0


def test_while_others_send_slowly_what_has_no_body_is_answered_and_the_rest_is_refused_soon_and_taken_later():
    site, slow = Bodies(echo, at_once=2), [Slow(), Slow()]
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(post, site, one) for one in slow]
        while site._places.acquire(blocking=False):
            site._places.release()
        status, headers, text = post(site, BytesIO(b"body"))
        assert (status[:3], headers["Connection"], headers["Retry-After"]) == ("503", "close", "60")
        assert "未作任何记录" in text.decode()
        assert post(site, BytesIO(), length=0, method="GET")[0] == "200 OK"
        for one in slow:
            one.arrived.set()
        assert [one.result(5)[2] for one in waiting] == [b"aaaa", b"aaaa"]
    assert post(site, BytesIO(b"body"))[0] == "200 OK"


UPLOAD = "/staff/newsroom/0191e0a0-0000-7000-8000-000000000000/picture/"


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (UPLOAD, LARGEST_UPLOAD),
        (UPLOAD.replace("picture", "document"), LARGEST_UPLOAD),
        (f"{UPLOAD}x", LARGEST_BODY),
        ("/en/declare/", LARGEST_BODY),
    ],
)
def test_only_where_pictures_and_documents_are_sent_more_is_read(path, most):
    assert largest_body(path) == most


def test_what_is_large_takes_no_place_from_the_rest():
    site = Bodies(echo)
    for _ in range(UPLOADS_AT_ONCE):
        assert site._large.acquire(blocking=False)
    large = {"REQUEST_METHOD": "POST", "PATH_INFO": UPLOAD, "CONTENT_LENGTH": str(LARGEST_UPLOAD), "wsgi.input": BytesIO()}
    told = []
    site(large, lambda *said: told.append(said[0]))
    assert told[0].startswith("503")
    assert post(site, BytesIO(b"body"))[0] == "200 OK"
