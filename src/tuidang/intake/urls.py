"""Addresses of the form, below a language."""

from django.urls import path

from tuidang.intake import views

urlpatterns = [
    path("declare/", views.declare, name="declare"),
    path("declare/group/", views.declare, {"group": True}, name="declare-group"),
]
