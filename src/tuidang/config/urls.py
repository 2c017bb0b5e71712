"""Root addresses. Pages of people under a language, staff under /staff/, clients and machines at the paths they know."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from tuidang.newsletter.urls import one_click
from tuidang.public import views as public

urlpatterns = [
    path("", public.language),
    path("mirrors.txt", public.mirrors),
    path("", include("tuidang.api.urls")),
    path("", include("tuidang.ops.urls")),
    *one_click,
    path("staff/", include("tuidang.accounts.urls")),
    path("staff/review/", include("tuidang.review.urls")),
    path("staff/objections/", include("tuidang.archive.urls")),
    path("staff/contact/", include("tuidang.intake.contact.urls")),
    path("staff/newsroom/", include("tuidang.newsroom.desk.urls")),
    path("staff/newsletter/", include("tuidang.newsroom.desk.letter_urls")),
    *i18n_patterns(
        path("", include("tuidang.public.urls")),
        path("", include("tuidang.intake.urls")),
        path("", include("tuidang.newsletter.urls")),
        path("", include("tuidang.declarant.urls")),
        path("", include("tuidang.declarant.objecting.urls")),
        path("", include("tuidang.declarant.supporting.urls")),
        path("", include("tuidang.declarant.contacting.urls")),
        path("", include("tuidang.newsroom.urls")),
        prefix_default_language=True,
    ),
]

handler400 = "tuidang.public.errors.bad_request"
handler403 = "tuidang.public.errors.forbidden"
handler404 = "tuidang.public.errors.not_found"
handler500 = "tuidang.public.errors.failed"
