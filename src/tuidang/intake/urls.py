"""Addresses of the form, below a language."""

from django.urls import path

from tuidang.intake import mail_pages, views

urlpatterns = [
    path("declare/", views.declare, name="declare"),
    path("declare/group/", views.declare, {"group": True}, name="declare-group"),
    path("declare/which/", views.which, name="declare-which"),
    path("declare/email/", mail_pages.by_mail, name="by-mail"),
    path("claim/", mail_pages.claim, name="claim"),
    path("claim/<str:link>/", mail_pages.claim, name="claim-link"),
]
