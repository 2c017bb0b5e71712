"""A declarant in a terminal, with w3m: no styles, no pictures, no scripts. Reads the pages, fills in the form in its order, takes it back."""

import gzip
import os
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.page import Page
from tests.served import Site

pytestmark = pytest.mark.journey
ORDER = ("退出", "名字", "您住在哪里", "标题", "您的声明", "志愿者读过后连同名字公开", "16 岁", "我同意", "核对")
"""In what order the form asks, as it is read out or shown without styles."""
NAMES = {"zh-hans": ("退出声明公开登记", "我要声明"), "zh-hant": ("退出聲明公開登記", "我要聲明")}
READ = ("", "declare/group/", "lookup/", "statements/", "method/", "recount/", "safety/", "terms/", "privacy/", "objection/", "nowhere/")


@pytest.fixture
def site(data_folder, database_url):
    with Site(data_folder, database_url) as the:
        yield the


class Terminal:
    """w3m with a home of its own: what it sends are the fields of a page in their order."""

    def __init__(self, site: Site, home: Path) -> None:
        self._site, self._home = site, home
        self._body = home / "body"

    def shown(self, path: str, fields: dict | None = None) -> str:
        """What stands in the terminal, without the blanks that only place it."""
        return " ".join(self._run("-dump", path, fields).split())

    def page(self, path: str, fields: dict | None = None) -> Page:
        return Page(self._run("-dump_source", path, fields))

    def _run(self, how: str, path: str, fields: dict | None) -> str:
        sent = ()
        if fields is not None:
            self._body.write_text(urlencode(fields, doseq=True))
            sent = ("-post", str(self._body))
        command = ["w3m", "-I", "UTF-8", "-O", "UTF-8", "-cols", "72", how, *sent, f"http://127.0.0.1:{self._site.port}{path}"]
        environment = {**os.environ, "HOME": str(self._home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        found = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60).stdout
        return (gzip.decompress(found) if found.startswith(b"\x1f\x8b") else found).decode()  # the source is shown as it came


@pytest.fixture
def terminal(site, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    return Terminal(site, home)


def test_the_form_asks_in_an_order_that_can_be_followed_and_leads_to_a_code_that_takes_back(terminal):
    address = "/zh-hans/declare/"
    form = terminal.shown(address)
    places = [form.index(word, form.index("请勾选") if number else 0) for number, word in enumerate(ORDER)]
    assert places == sorted(places)

    answers = {"left": ["party", "pioneers"], "place": "广东", "adult": "on", "consent": "on"}
    assert "下一步" not in form[: form.index("我同意")], "no button above the first question"
    wrong = terminal.shown(address, terminal.page(address).sent(name="", **answers))
    assert "请填写名字" in wrong

    check = terminal.page(address, terminal.page(address).sent(name="远山", **answers))
    send = check.sent(step="send")
    assert "远山" in check.text
    said = terminal.shown(address, send)
    assert "您的声明已经收到并保存" in said
    code = dict(terminal.page(address, send).fields)["code"]
    assert code.replace("-", " ") in said, "sent twice, by the same form: the same code"

    assert "目前的情况" in terminal.shown("/zh-hans/lookup/", {"code": code})
    terminal.shown("/zh-hans/lookup/", {"code": code, "step": "take_back_now"})
    assert "记入公开记录之前已撤回" in terminal.shown("/zh-hans/lookup/", {"code": code})


def test_without_styles_every_page_is_whole_and_no_two_things_run_into_one(terminal):
    for path in READ:
        for language, (name, first) in NAMES.items():
            assert f"{name} · {first} · " in terminal.shown(f"/{language}/{path}"), path
        words = "".join(terminal.page(f"/en/{path}").text.split())
        shown = terminal.shown(f"/en/{path}")
        assert "繁體中文 · " in shown
        assert len("".join(shown.replace("•", "").split())) > 0.9 * len(words), path
