"""The progress bar: a bar for a person, lines for a log."""

import io

from tuidang.demo.bar import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_a_bar_and_it_goes_away():
    screen = Terminal()
    bar = Bar(screen, 10)
    bar(10, "week 2 of 2")
    assert "█" in screen.getvalue()
    assert "10 of 10, week 2 of 2" in screen.getvalue()
    bar.clear()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_a_log_gets_ten_plain_lines_at_most():
    log = io.StringIO()
    bar = Bar(log, 1_000)
    for done in range(1, 1_001):
        bar(done, "week 1 of 2")
    bar.clear()
    lines = log.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[-1] == "  1,000 of 1,000 declarations, week 1 of 2"
    assert "\r" not in log.getvalue()
    assert "\x1b" not in log.getvalue()
