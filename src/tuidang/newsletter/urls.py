"""Addresses below a language; and `one_click`, which stands in the head of each letter, below none."""

from django.urls import path

from tuidang.newsletter import views

one_click = [path("newsletter/u/<str:token>/", views.one_click, name="newsletter-one-click")]
urlpatterns = [
    path("newsletter/", views.sign_up, name="newsletter"),
    path("newsletter/consent/<str:agreement>/", views.agreement, name="newsletter-consent"),
    path("newsletter/c/<str:token>/", views.confirm, name="newsletter-confirm"),
    path("newsletter/p/<str:token>/", views.preferences, name="newsletter-settings"),
    path("newsletter/u/<str:token>/", views.leave, name="newsletter-leave"),
]
