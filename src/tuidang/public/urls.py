"""Addresses of public pages, below a language."""

from django.urls import path

from tuidang.public import messages, views

urlpatterns = [
    path("", views.home, name="home"),
    path("home.txt", views.home_text, name="home-text"),
    path("declare.txt", views.declare_text, name="declare-text"),
    path("statements/", views.statements, name="statements"),
    path("statements/<int:index>/", views.statement, name="statement"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<int:number>/", messages.message, name="message"),
    path("method/", views.method, name="method"),
    path("recount/", views.recount, name="recount"),
    path("safety/", views.safety, name="safety"),
    path("terms/", views.terms, name="terms"),
    path("terms/consent/<str:version>/", views.consent, name="consent"),
    path("privacy/", views.privacy, name="privacy"),
]
