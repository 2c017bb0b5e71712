"""The stylesheets: light, named by their content, and of a syntax that old phones know."""

import gzip
import re

import pytest

from tuidang.design import assets

MOST = {"public": 2_600, "staff": 3_200}
TOO_NEW = (
    ":has(",
    ":is(",
    ":where(",
    "gap:",
    "inset:",
    "aspect-ratio",
    "@layer",
    "@container",
    "dvh",
    "oklch",
    "color-mix",
    "@font-face",
    "url(",
    "&",
)


@pytest.mark.parametrize("name", ["public", "staff"])
def test_a_stylesheet_fits_its_budget(name):
    asset = assets.sheet(name)
    assert len(asset.compressed) <= MOST[name]
    assert gzip.decompress(asset.compressed) == asset.body


@pytest.mark.parametrize("name", ["public", "staff"])
def test_a_stylesheet_asks_nothing_of_other_origins_or_newer_browsers(name):
    body = assets.sheet(name).body.decode()
    assert [word for word in TOO_NEW if word in body] == []
    for declaration in re.findall(r"[^;{]*clamp\([^;}]*", body):
        name_of = declaration.split(":")[0]
        assert re.search(rf"({name_of}|font):[^;}}]*;[^}}]*{re.escape(declaration)}", body), "a fallback stands before it"


def test_a_name_changes_with_the_content():
    assert re.fullmatch(r"/style/public\.[0-9a-f]{12}\.css", assets.sheet("public").path)
    assert set(assets.assets()) == {
        assets.sheet("public").path,
        assets.sheet("staff").path,
        assets.script("staff").path,
        "/favicon.ico",
        "/robots.txt",
    }


def test_squeezing_keeps_the_blanks_that_mean_something():
    source = "/* a\nb */\n@media (min-width: 45em) {\n  a :focus , p > b { margin: calc(1px + 2px) auto ; color: red; }\n}\n"
    assert assets.squeeze(source) == "@media (min-width:45em){a :focus,p>b{margin:calc(1px + 2px) auto;color:red}}"
