"""Addresses below /staff/objections/. None names an objection."""

from django.urls import path

from tuidang.archive import views

app_name = "archive"

urlpatterns = [
    path("", views.objections, name="objections"),
    path("decide/", views.decide, name="decide"),
]
