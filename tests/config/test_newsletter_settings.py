"""What the environment says of the newsletter: nothing, all that it takes, or what is missing."""

import pytest

from tuidang.config.mail import read_mail_settings, read_newsletter_settings
from tuidang.kernel.errors import SetUpError

FROM = {"TUIDANG_NEWSLETTER_FROM": "news@register.example"}
SMTP = {"TUIDANG_SMTP": "smtp://localhost"}
DECLARING = {"TUIDANG_MAIL_FROM": "declare@register.example", "TUIDANG_MAILDIR": "/var/mail/declare"}


def test_it_is_off_until_it_has_an_address():
    assert read_newsletter_settings({}) is None
    assert read_newsletter_settings({**SMTP, **DECLARING}) is None


def test_one_server_sends_the_newsletter_and_declaring_by_mail_stays_off():
    found = read_newsletter_settings({**FROM, **SMTP})
    assert (found.address, found.smtp.host, found.variable) == ("news@register.example", "localhost", "SMTP")
    assert read_mail_settings({**FROM, **SMTP}) is None


def test_both_may_use_one_server_or_the_newsletter_its_own():
    every = {**FROM, **SMTP, **DECLARING}
    assert read_newsletter_settings(every).smtp == read_mail_settings(every).smtp
    own = read_newsletter_settings({**every, "TUIDANG_NEWSLETTER_SMTP": "smtps://mail.example"})
    assert (own.smtp.host, own.smtp.port, own.variable) == ("mail.example", 465, "NEWSLETTER_SMTP")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (FROM, "TUIDANG_SMTP"),
        ({**SMTP, "TUIDANG_NEWSLETTER_FROM": "news"}, "TUIDANG_NEWSLETTER_FROM"),
        ({**SMTP, "TUIDANG_NEWSLETTER_FROM": "news@register.example\nBcc: x@y.example"}, "TUIDANG_NEWSLETTER_FROM"),
        ({"TUIDANG_NEWSLETTER_SMTP": "smtp://localhost"}, "TUIDANG_NEWSLETTER_FROM"),
        ({**FROM, "TUIDANG_NEWSLETTER_SMTP": "smtps://news@mail.example"}, "TUIDANG_NEWSLETTER_SMTP_PASSWORD_FILE"),
        ({**FROM, "TUIDANG_NEWSLETTER_SMTP": "smtps://news:secret@mail.example"}, "TUIDANG_NEWSLETTER_SMTP_PASSWORD_FILE"),
    ],
)
def test_what_is_missing_or_wrong_is_named(given, named):
    with pytest.raises(SetUpError, match=named):
        read_newsletter_settings(given)


def test_a_server_alone_is_for_nothing():
    with pytest.raises(SetUpError, match="TUIDANG_MAIL_FROM"):
        read_mail_settings(SMTP)
