"""Addresses for those who keep the register running."""

from django.urls import path

from tuidang.ops import views

urlpatterns = [path("livez", views.live), path("readyz", views.ready)]
