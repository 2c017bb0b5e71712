"""A declarant behind Tor, scripts and drawings off, declares in their own language and finds it again with the code alone."""

import pytest
from tests.journeys.browsers import Firefox
from tests.served import Site

pytestmark = pytest.mark.journey


@pytest.fixture
def site(data_folder, database_url):
    with Site(data_folder, database_url) as the:
        yield the


ANSWERS = {"en": ("Far Hill", "Canada"), "zh-hans": ("远山", "四川"), "zh-hant": ("遠山", "四川")}


def test_from_the_home_page_to_the_code_and_back_in_three_languages(site):
    with Firefox() as firefox:
        for language, answers in ANSWERS.items():
            declare_and_come_back(firefox, f"http://127.0.0.1:{site.port}/{language}/", language, *answers)


def declare_and_come_back(firefox, address, language, name, place):
    firefox.open(address)
    firefox.press("main a[href*='declare/']")
    firefox.write("#name", name)
    firefox.write("#place", place)
    for box in ("#left", "#left-3", "#adult", "#consent"):
        firefox.press(box)
    firefox.picture(f"safest-form-{language}")
    firefox.press("button[value=check]:not(.skip)")
    assert name in firefox.text("main")
    firefox.press("button[value=send]")
    firefox.picture(f"safest-code-{language}")
    code = firefox.text(".code")
    firefox.open(f"{address}lookup/")
    firefox.write("#code", code)
    firefox.press("main form button")
    assert name in firefox.text("main")
    assert "<script" not in firefox.source
    firefox.picture(f"safest-status-{language}")
