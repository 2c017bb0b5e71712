"""Addresses below /staff/review/. None names a declaration; a cluster's name means nothing after its day key's end."""

from django.urls import path

from tuidang.review import views

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
    path("cluster/<uuid:cluster>/", views.cluster, name="cluster"),
]
