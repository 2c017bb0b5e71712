"""Addresses for writing to those who run the register, below a language."""

from django.urls import path

from tuidang.declarant.contacting import views

urlpatterns = [
    path("contact/", views.contact, name="contact"),
    path("contact/answer/", views.answer, name="contact-answer"),
]
