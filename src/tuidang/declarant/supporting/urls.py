"""Addresses of messages of support, below a language. The list of those published is in `public`."""

from django.urls import path

from tuidang.declarant.supporting import views

urlpatterns = [
    path("messages/send/", views.send, name="support-send"),
    path("messages/own/", views.own, name="support-own"),
]
