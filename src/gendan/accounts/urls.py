"""Addresses of company settings, people, roles, keys and one's own profile."""

from django.urls import path

from gendan.accounts import views

app_name = "accounts"
urlpatterns = [
    path("settings/company-data", views.company_settings, name="company_settings"),
    path("settings/companies/new", views.company_new, name="company_new"),
    path("users/", views.user_list, name="user_list"),
    path("users/new", views.user_new, name="user_new"),
    path("users/add", views.member_add, name="member_add"),
    path("users/<str:username>", views.user, name="user"),
    path("users/<str:username>/roles", views.user_roles, name="user_roles"),
    path("users/<str:username>/password", views.user_password, name="user_password"),
    path("users/<str:username>/deactivate", views.user_deactivate, name="user_deactivate"),
    path("users/<str:username>/reactivate", views.user_reactivate, name="user_reactivate"),
    path("roles/", views.role_list, name="role_list"),
    path("roles/new", views.role_new, name="role_new"),
    path("roles/<str:code>", views.role, name="role"),
    path("roles/<str:code>/delete", views.role_delete, name="role_delete"),
    path("api-keys/", views.apikey_list, name="apikey_list"),
    path("api-keys/<int:key_id>/revoke", views.apikey_revoke, name="apikey_revoke"),
    path("profile", views.profile, name="profile"),
    path("people", views.people, name="people"),
]
