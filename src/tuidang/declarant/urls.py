"""Addresses of what a code opens, below a language."""

from django.urls import path

from tuidang.declarant import views

urlpatterns = [path("lookup/", views.lookup, name="lookup")]
