"""What reaches a log says nothing about a person."""

import io
import logging

import pytest

from tuidang.kernel.logs import NothingPersonal

TYPED = "我的名字"


@pytest.fixture
def log(monkeypatch):
    """Logs as the site does; returns what was written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(NothingPersonal())
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    loggers = [logging.getLogger(name) for name in ("django.request", "tuidang.tests", "some.package")]
    for one in loggers:
        one.addHandler(handler)
        monkeypatch.setattr(one, "propagate", False)
        monkeypatch.setattr(one, "disabled", False)
    yield stream
    for one in loggers:
        one.removeHandler(handler)


def fall(text: str) -> None:
    raise ValueError(text)


def test_what_others_log_is_reduced_to_where_and_what_kind(log):
    logging.getLogger("django.request").error("Not Found: /%s", TYPED, extra={"status_code": 404, "request": TYPED})
    logging.getLogger("some.package").warning("100%% of %s", TYPED)
    assert log.getvalue() == "ERROR django.request event 404\nWARNING some.package event\n"


@pytest.mark.parametrize("name", ["django.request", "tuidang.tests"])
def test_an_error_is_named_and_neither_told_nor_traced(log, name):
    try:
        fall(TYPED)
    except ValueError:
        logging.getLogger(name).exception("a step failed, 5% done" if name == "tuidang.tests" else TYPED)
    assert "ValueError" in log.getvalue()
    assert TYPED not in log.getvalue()
    assert "Traceback" not in log.getvalue()


def test_our_own_sentences_pass_as_they_are(log):
    logging.getLogger("tuidang.tests").error("sealed %s entries", 5)
    assert log.getvalue() == "ERROR tuidang.tests sealed 5 entries\n"
