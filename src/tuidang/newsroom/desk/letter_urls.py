"""Addresses below /staff/newsletter/: letters of the newsletter, how they are sent, and what became of them."""

from django.urls import path

from tuidang.newsroom.desk import letters

app_name = "letters"

urlpatterns = [
    path("", letters.letters, name="letters"),
    path("<uuid:item>/", letters.letter, name="letter"),
]
