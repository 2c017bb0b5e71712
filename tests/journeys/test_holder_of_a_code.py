"""Whoever holds a code corrects a name, thinks again about publishing, and leaves no trace when the phone is to be searched."""

import pytest
from tests.journeys.browsers import chromium, keep, press
from tests.served import Site

from tuidang.vault.codes import Code

pytestmark = pytest.mark.journey
NAMES = {"en": ("Far Hill", "Clear Spring"), "zh-hans": ("远山", "清泉"), "zh-hant": ("遠山", "清泉")}


@pytest.fixture
def site(data_folder, database_url):
    with Site(data_folder, database_url) as the:
        yield the


@pytest.fixture
def page():
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
        yield context.new_page()
        assert context.cookies() == []


def see(page, name):
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
    keep(f"code-{name}", page.screenshot(full_page=True))


def choose(page, step):
    press(page.locator(f"button[value={step}]:not(.skip)").first)


def declare(page, address, name):
    """Returns the code as it is shown."""
    page.goto(f"{address}declare/")
    page.fill("#name", name)
    for box in ("#left", "#adult", "#consent"):
        page.check(box)
    choose(page, "check")
    choose(page, "send")
    return page.locator(".code").first.inner_text()


def look_up(page, address, code):
    page.goto(f"{address}lookup/")
    page.fill("#code", code)
    press(page.locator("main form button").first)


def correct_the_name(page, name):
    choose(page, "correct")
    page.locator("input[name^=name]").first.fill(name)
    choose(page, "correct_check")
    choose(page, "correct_now")


def test_corrects_a_name_wishes_it_published_and_thinks_again(site, page):
    for language, names in NAMES.items():
        correct_and_think_again(page, f"http://127.0.0.1:{site.port}/{language}/", language, *names)


def correct_and_think_again(page, address, language, wrong, right):
    code = declare(page, address, wrong)
    look_up(page, address, code)
    see(page, f"{language}-status")
    correct_the_name(page, right)
    see(page, f"{language}-corrected")
    look_up(page, address, code)
    text = page.locator("main").inner_text()
    assert right in text
    assert wrong not in text
    choose(page, "publish")
    see(page, f"{language}-publish")
    choose(page, "publish_now")
    assert page.locator("button[value=unpublish_now]").count() == 1
    choose(page, "unpublish_now")
    assert page.locator("button[value=publish]").count() == 1


def test_what_is_on_the_record_is_corrected_by_a_void_and_another_entry(site, page):
    site_of = f"http://127.0.0.1:{site.port}"
    codes = {language: declare(page, f"{site_of}/{language}/", wrong) for language, (wrong, _) in NAMES.items()}
    assert site.count(len(NAMES)) == len(NAMES)
    for language, (_, right) in NAMES.items():
        address = f"{site_of}/{language}/"
        look_up(page, address, codes[language])
        see(page, f"{language}-sealed")
        correct_the_name(page, right)
        look_up(page, address, codes[language])
        see(page, f"{language}-replaced")
        assert right in page.locator("main").inner_text()


@pytest.mark.parametrize("sealed", [False, True], ids=["before-sealing", "after-sealing"])
def test_erases_all_and_the_code_is_one_that_never_was(site, page, sealed):
    site_of = f"http://127.0.0.1:{site.port}"
    codes = {language: declare(page, f"{site_of}/{language}/", name) for language, (name, _) in NAMES.items()}
    if sealed:
        assert site.count(len(NAMES)) == len(NAMES)
    for language, code in codes.items():
        address = f"{site_of}/{language}/"
        look_up(page, address, code)
        choose(page, "erase")
        see(page, f"{language}-erase-{sealed}")
        choose(page, "erase_now")
        see(page, f"{language}-erased-{sealed}")
        look_up(page, address, code)
        after = page.locator("main").inner_text()
        look_up(page, address, Code(bytes(16)).shown(language))
        assert page.locator(".error").count() == 1
        assert after == page.locator("main").inner_text()
