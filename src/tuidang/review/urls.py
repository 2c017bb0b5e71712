"""Addresses below /staff/review/. None names a declaration; a cluster's name means nothing after its day key's end."""

from django.urls import path

from tuidang.review import messages, views

app_name = "review"

urlpatterns = [
    path("", views.queue, name="queue"),
    path("claim/", views.claim, name="claim"),
    path("screen/", views.screen, name="screen"),
    path("decide/", views.decide, name="decide"),
    path("undo/", views.undo, name="undo"),
    path("publishing/", views.publishing, name="publishing"),
    path("publishing/claim/", views.claim_publishing, name="claim_publishing"),
    path("publishing/decide/", views.decide_publishing, name="decide_publishing"),
    path("publishing/released/", views.released, name="released"),
    path("messages/", messages.messages, name="messages"),
    path("messages/claim/", messages.claim, name="claim_messages"),
    path("messages/decide/", messages.decide, name="decide_messages"),
    path("messages/undo/", messages.undo, name="undo_messages"),
    path("messages/down/", messages.take_down, name="take_down_message"),
    path("cluster/<uuid:cluster>/", views.cluster, name="cluster"),
]
