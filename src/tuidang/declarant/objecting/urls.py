"""Addresses of objections, below a language."""

from django.urls import path

from tuidang.declarant.objecting import views

urlpatterns = [
    path("objection/", views.objection, name="objection"),
    path("objection/answer/", views.answer, name="objection-answer"),
]
