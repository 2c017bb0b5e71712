"""An operator starts the register, signs in with the link it printed, and looks at the demo that tells its story; no scripts anywhere."""

import json

import pytest
from tests.demo.program import served
from tests.journeys.browsers import chromium, press
from tests.served import free_port

pytestmark = pytest.mark.journey


@pytest.fixture
def page():
    with chromium() as browser:
        yield browser.new_context(java_script_enabled=False, locale="en").new_page()


def test_the_link_signs_in_once_and_leads_to_the_queue(page, data_folder, database_url):
    with served("run", "--json", data=data_folder, database_url=database_url, port=free_port()) as process:
        told = json.loads(process.stdout.readline())
        page.goto(told["sign_in"])
        press(page.locator("main button").first)
        assert page.url == told["staff"]
        page.goto(f"{told['staff']}review/")
        assert page.locator("h1").inner_text() == "Review"
        assert page.goto(told["sign_in"]).status == 410
        page.goto(f"{told['site']}en/")
        assert "TRIAL" in page.locator("body").inner_text().upper()


def test_the_demo_shows_a_register_in_full_work(page, data_folder, database_url):
    with served("demo", "--declarations", "30", "--json", data=data_folder, database_url=database_url, port=free_port()) as process:
        told = json.loads(process.stdout.readline())
        page.goto(told["addresses"]["the number"])
        assert str(told["count"]) in page.locator("body").inner_text()
        assert "466" in page.locator("body").inner_text() or "4.66" in page.locator("body").inner_text()
        page.goto(told["addresses"]["look up a code"])
        for code in told["codes"].values():
            page.goto(told["addresses"]["look up a code"])
            page.fill("#code", code)
            press(page.locator("main form button").first)
            assert page.locator("h1").inner_text() == "What has happened to it"
        page.goto(told["addresses"]["sign in as reviewer"])
        press(page.locator("main button").first)
        assert page.url.endswith("/staff/")
