"""Addresses of company settings, people, roles, keys and one's own profile."""

from django.urls import path

from gendan.accounts.views import company, departments, invitations, links, people, scopes, security

app_name = "accounts"
urlpatterns = [
    path("settings/company-data", company.company_settings, name="company_settings"),
    path("settings/company-logo", company.company_logo, name="company_logo"),
    path("settings/duties", security.duties_page, name="duties"),
    path("settings/companies/new", company.company_new, name="company_new"),
    path("users/", people.user_list, name="user_list"),
    path("users/new", people.user_new, name="user_new"),
    path("users/invite", people.member_invite, name="member_invite"),
    path("users/invitations/<int:invitation_id>/withdraw", people.invitation_withdraw, name="invitation_withdraw"),
    path("people/links", links.user_links, name="user_links"),
    path("password/<str:person>/<str:token>", links.sign_in_link, name="sign_in_link"),
    path("users/<str:username>", people.user, name="user"),
    path("users/<str:username>/roles", people.user_roles, name="user_roles"),
    path("users/<str:username>/password", people.user_password, name="user_password"),
    path("users/<str:username>/deactivate", people.user_deactivate, name="user_deactivate"),
    path("users/<str:username>/reactivate", people.user_reactivate, name="user_reactivate"),
    path("users/<str:username>/second-factor", security.user_second_factor, name="user_second_factor"),
    path("roles/<str:code>/second-factor", security.role_second_factor, name="role_second_factor"),
    path("roles/<str:code>/look", security.look_as_role, name="look_as_role"),
    path("looking/end", security.stop_looking, name="stop_looking"),
    path("roles/", people.role_list, name="role_list"),
    path("roles/new", people.role_new, name="role_new"),
    path("roles/<str:code>", people.role, name="role"),
    path("roles/<str:code>/delete", people.role_delete, name="role_delete"),
    path("roles/<str:code>/rights", scopes.role_rights, name="role_rights"),
    path("roles/<str:code>/scope", scopes.role_scope, name="role_scope"),
    path("roles/<str:code>/fields", scopes.role_fields, name="role_fields"),
    path("settings/field-rights", scopes.field_rights, name="field_rights"),
    path("departments/", departments.department_list, name="department_list"),
    path("departments/new", departments.department_new, name="department_new"),
    path("departments/<str:code>", departments.department, name="department"),
    path("departments/<str:code>/delete", departments.department_delete, name="department_delete"),
    path("api-keys/", company.apikey_list, name="apikey_list"),
    path("api-keys/<int:key_id>/revoke", company.apikey_revoke, name="apikey_revoke"),
    path("profile", company.profile, name="profile"),
    path("invitations", invitations.own, name="invitations"),
    path("invitations/<int:invitation_id>", invitations.own, name="invitation"),
    path("invitations/<int:invitation_id>/accept", invitations.accept, name="invitation_accept"),
    path("invitations/<int:invitation_id>/decline", invitations.decline, name="invitation_decline"),
    path("people", company.people, name="people"),
]
