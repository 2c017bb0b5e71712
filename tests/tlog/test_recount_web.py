"""A recount from a web address: the same answer, over few connections, and every way in which a server can fail is named."""

import contextlib
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request

import pytest
from tests.tlog.build import KEY, declare, opening, put

from tlog.consistency import consistency
from tlog.errors import TlogError
from tlog.report import as_json
from tlog.store import open_store
from tlog.verify import THREADS, recount
from tlog.web import Web, _Redirects


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections = 0
    answer = None

    def setup(self):
        type(self).connections += 1
        super().setup()

    def do_GET(self):
        if type(self).answer and "entries" in self.path:
            type(self).answer(self)
        else:
            super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def folder(tmp_path):
    log = opening()
    log.add(*map(declare, range(20_000)))
    log.void(7)
    return log.publish(tmp_path / "ledger")


@pytest.fixture
def handler():
    return type("ThisHandler", (Handler,), {})


@pytest.fixture
def address(folder, handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder.root.parent)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ledger"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address_gives_the_same_answer_as_a_folder(folder, address, handler):
    assert as_json(recount(open_store(f"{address}/"), KEY.verifier)) == as_json(recount(folder, KEY.verifier))
    assert handler.connections <= THREADS + 1


def fail(address) -> TlogError:
    with pytest.raises(TlogError) as caught:
        recount(open_store(address), KEY.verifier)
    return caught.value


def test_what_is_not_there_is_missing(folder, address):
    (folder.root / "tile/entries/050").unlink()
    found = fail(address)
    assert (found.rule, found.path, found.exit_code) == ("missing", "tile/entries/050", 2)


def test_what_comes_before_a_missing_file_is_still_found_first(folder, address):
    (folder.root / "tile/entries/050").unlink()
    put(folder.root, "tile/entries/010", bytes(98 * 256))
    found = fail(address)
    assert (found.rule, found.path, found.exit_code) == ("bundle", "tile/entries/010", 1)


def refuse(handler):
    handler.send_error(500)


def hang_up(handler):
    handler.close_connection = True


def break_off(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "25088")
    handler.end_headers()
    handler.wfile.write(b"only this")
    handler.close_connection = True


def speak_another_language(handler):
    handler.wfile.write(b"\xff\xfe\x00 rubbish\r\n\r\n")
    handler.close_connection = True


@pytest.mark.parametrize("answer", [refuse, hang_up, break_off, speak_another_language])
def test_a_server_that_fails_is_no_verdict(address, handler, answer):
    handler.answer = answer
    found = fail(address)
    assert (found.rule, found.exit_code) == ("unreadable", 2)


def test_one_broken_connection_is_forgiven(folder, address, handler):
    broken = []

    def once(request):
        if request.path in broken:
            SimpleHTTPRequestHandler.do_GET(request)
        else:
            broken.append(request.path)
            hang_up(request)

    handler.answer = once
    assert recount(open_store(address), KEY.verifier).tally.count == 19_999


def test_redirects_are_followed(folder, address, handler):
    def elsewhere(request):
        if "moved" in request.path:
            request.path = request.path.replace("?moved", "")
            SimpleHTTPRequestHandler.do_GET(request)
        else:
            request.send_response(302)
            request.send_header("Location", f"{request.path}?moved")
            request.send_header("Content-Length", "0")
            request.end_headers()

    handler.answer = elsewhere
    assert recount(open_store(address), KEY.verifier).tally.count == 19_999


def drip(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "25088")
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.05)


def go_on(handler):
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


@pytest.mark.parametrize("answer", [drip, go_on])
def test_a_server_that_never_comes_to_an_end_is_given_up(address, handler, answer):
    handler.answer = answer
    with pytest.raises(TlogError) as caught:
        Web(address, file_seconds=0.5).read("tile/entries/000", 25_088)
    assert (caught.value.rule, caught.value.exit_code) == ("unreadable", 2)


def test_an_answer_without_end_is_read_no_further_than_the_limit(address, handler):
    def pour(request):
        request.send_response(200)
        request.end_headers()
        with contextlib.suppress(OSError):
            while True:
                request.wfile.write(bytes(1 << 16))

    handler.answer = pour
    assert len(Web(address).read("tile/entries/000", 25_088)) == 25_089
    found = fail(address)
    assert (found.rule, found.exit_code) == ("bundle", 1)


@pytest.mark.parametrize("target", ["ftp://127.0.0.1:1/x", "file:///etc/hostname", "data:,x"])
def test_redirects_out_of_the_web_are_refused(address, handler, target):
    def elsewhere(request):
        request.send_response(302)
        request.send_header("Location", target)
        request.send_header("Content-Length", "0")
        request.end_headers()

    handler.answer = elsewhere
    assert fail(address).rule == "unreadable"


def test_redirects_that_give_up_protection_are_refused():
    redirects = _Redirects()
    secure = Request("https://a.example/x")
    for source, target, allowed in ((secure, "http://a.example/x", False), (secure, "https://b.example/x", True)):
        if allowed:
            assert redirects.redirect_request(source, None, 302, "", {}, target).full_url == target
        else:
            with pytest.raises(OSError, match="redirects from https to http"):
                redirects.redirect_request(source, None, 302, "", {}, target)


def test_an_address_in_capitals_is_one(address):
    assert recount(open_store(address.replace("http://", "HTTP://")), KEY.verifier).tally.count == 19_999


def test_a_proxy_that_the_environment_names_is_used(address, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    assert fail(address).rule == "unreadable"


def test_consistency_reads_addresses(folder, address, tmp_path):
    log = opening()
    log.add(*map(declare, range(500)))
    log.publish(tmp_path / "old")
    for new in (address, f"{address}/checkpoint"):
        assert consistency(str(tmp_path / "old"), new, KEY.verifier)[1].size == 20_003
