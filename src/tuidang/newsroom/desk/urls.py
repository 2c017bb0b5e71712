"""Addresses below /staff/newsroom/. An item is named by its id: what it is about is in no address of the staff."""

from django.urls import path

from tuidang.newsroom.desk import deciding, letters, reading, sending, views

app_name = "desk"

urlpatterns = [
    path("", views.items, name="items"),
    path("begin/", views.begin, name="begin"),
    path("<uuid:item>/", views.item, name="item"),
    path("<uuid:item>/facts/", views.facts, name="facts"),
    path("<uuid:item>/picture/", sending.picture, name="picture"),
    path("<uuid:item>/document/", sending.document, name="document"),
    path("<uuid:item>/approve/", deciding.approve, name="approve"),
    path("<uuid:item>/back/", deciding.take_back, name="take_back"),
    path("<uuid:item>/mailing/", letters.begin, name="mailing"),
    path("<uuid:item>/withdraw/", deciding.withdraw, name="withdraw"),
    path("<uuid:item>/preview/<str:language>/", reading.preview, name="preview"),
    path("<uuid:item>/card/<str:language>.png", reading.card, name="card"),
    path("<uuid:item>/versions/<str:language>/", reading.versions, name="versions"),
    path("<uuid:item>/versions/<str:language>/<int:number>/", reading.version, name="version"),
]
