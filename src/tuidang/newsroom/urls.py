"""Addresses of the newsroom's public pages, below a language: a folder for each kind, and in it a page for each item."""

from django.urls import path

from tuidang.newsroom import views
from tuidang.newsroom.addresses import FOLDERS
from tuidang.newsroom.feeds import OF
from tuidang.newsroom.states import Kind

_LISTS = {
    Kind.NEWS: views.newest,
    Kind.SUPPORT: views.newest,
    Kind.TESTIMONY: views.newest,
    Kind.MILESTONE: views.newest,
    Kind.MAILING: views.newest,
    Kind.PUBLICATION: views.newest,
    Kind.EVENT: views.events,
    Kind.POINT: views.points,
    Kind.PAGE: views.about,
}

urlpatterns = [
    *(path(f"{FOLDERS[kind]}/feed.atom", views.atom, {"kind": kind}) for kind in OF),
    *(path(f"{FOLDERS[kind]}/feed.json", views.json, {"kind": kind}) for kind in OF),
    path("events/calendar.ics", views.calendar),
    path("events/<slug:slug>/event.ics", views.one_event),
    *(path(f"{FOLDERS[kind]}/", view, {"kind": kind}, name=FOLDERS[kind]) for kind, view in _LISTS.items()),
    *(path(f"{folder}/<slug:slug>/", views.piece, {"kind": kind}) for kind, folder in FOLDERS.items()),
]
