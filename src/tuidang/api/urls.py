"""Addresses that clients of today's register know (docs/interfaces.md)."""

from django.urls import path

from tuidang.api import views

urlpatterns = [
    path("t.php", views.submit),
    path("stat/statics", views.statics),
    path("stat/statics/", views.statics),
    path("index/querybyid", views.query_by_id),
    path("index/querybyid/", views.query_by_id),
]
