"""Addresses below /staff/ that are about staff itself."""

from django.urls import path

from tuidang.accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("in/<str:token>/", views.enter, name="enter"),
    path("out/", views.leave, name="leave"),
    path("language/", views.language, name="language"),
    path("design/", views.components, name="components"),
    path("design/staff/", views.components, {"dense": True}, name="staff_components"),
    path("members/", views.members, name="members"),
    path("members/<uuid:member>/link/", views.link, name="link"),
    path("members/<uuid:member>/revoke/", views.revoke, name="revoke"),
]
