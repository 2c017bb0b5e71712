"""Addresses below /staff/contact/. None names a message."""

from django.urls import path

from tuidang.intake.contact import views

app_name = "contact"

urlpatterns = [
    path("", views.messages, name="messages"),
    path("download/", views.download, name="download"),
    path("answer/", views.answer, name="answer"),
]
