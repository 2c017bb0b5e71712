"""The stylesheets: light, named by their content, and alone. Of what syntax they may be is in tests/public/old_browsers.py."""

import gzip
import re

import pytest

from tuidang.design import assets

MOST = {"public": 2_700, "staff": 3_400, "newsroom": 1_000, "desk": 1_200}
FETCHED = ("@font-face", "@import", "url(")


@pytest.mark.parametrize("name", list(MOST))
def test_a_stylesheet_fits_its_budget(name):
    asset = assets.sheet(name)
    assert len(asset.compressed) <= MOST[name]
    assert gzip.decompress(asset.compressed) == asset.body


@pytest.mark.parametrize("name", list(MOST))
def test_a_stylesheet_fetches_nothing(name):
    body = assets.sheet(name).body.decode()
    assert [word for word in FETCHED if word in body] == []


def test_a_name_changes_with_the_content():
    assert re.fullmatch(r"/style/public\.[0-9a-f]{12}\.css", assets.sheet("public").path)
    assert set(assets.assets()) == {
        *(assets.sheet(name).path for name in MOST),
        *(assets.script(name).path for name in ("staff", "desk", "vendor/markdown-toolbar")),
        "/favicon.ico",
        "/robots.txt",
    }


def test_squeezing_keeps_the_blanks_that_mean_something():
    source = "/* a\nb */\n@media (min-width: 45em) {\n  a :focus , p > b { margin: calc(1px + 2px) auto ; color: red; }\n}\n"
    assert assets.squeeze(source) == "@media (min-width:45em){a :focus,p>b{margin:calc(1px + 2px) auto;color:red}}"


def test_on_paper_the_mark_of_a_demo_stays():
    print_rules = assets.sheet("public").body.decode().partition("@media print")[2]
    assert ".trial" in print_rules
    assert ".banner" not in print_rules
