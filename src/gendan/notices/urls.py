"""Addresses of notices: one's own, their settings, the channels of the company."""

from django.urls import path

from gendan.notices import pages, views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/go/<int:notice_id>", views.go, name="go"),
    path("notices/mute", views.mute, name="mute"),
    path("notices/unmute", views.unmute, name="unmute"),
    path("notices/settings", views.settings, name="settings"),
    path("notices/browsers", pages.browser_save, name="browser_save"),
    path("notices/browsers/<int:browser_id>/forget", pages.browser_forget, name="browser_forget"),
    path("settings/notices/", views.channel_list, name="channel_list"),
    path("settings/notices/policy", views.policy, name="policy"),
    path("settings/notices/partners", pages.outward_list, name="outward"),
    path("settings/notices/partners/<str:occasion>", pages.outward_save, name="outward_save"),
    path("settings/notices/mail", pages.mail_server_page, name="mail_server"),
    path("settings/notices/mail/test", pages.mail_server_test, name="mail_server_test"),
    path("settings/notices/words", pages.template_list, name="template_list"),
    path("settings/notices/words/<str:kind>/<str:language>", pages.template_edit, name="template"),
    path("settings/notices/words/<str:kind>/<str:language>/preview", pages.template_preview, name="preview"),
    path("settings/notices/log", views.log, name="log"),
    path("settings/notices/log/<int:delivery_id>/again", views.send_again, name="send_again"),
    path("settings/notices/new", views.channel_new, name="channel_new"),
    path("settings/notices/<str:code>", views.channel_edit, name="channel"),
    path("settings/notices/<str:code>/test", views.channel_test, name="channel_test"),
]
