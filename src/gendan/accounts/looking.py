"""Which pages are closed to who looks at the product as a role: what is the person's own, or lets people in."""

from __future__ import annotations

CLOSED = frozenset({
    "account_change_password", "account_reauthenticate",
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    "accounts:apikey_list", "accounts:apikey_revoke",
    "accounts:member_invite", "accounts:invitation_withdraw",
    "accounts:invitations", "accounts:invitation", "accounts:invitation_accept", "accounts:invitation_decline",
    "accounts:user_links", "accounts:sign_in_link", "accounts:user_password", "accounts:user_second_factor",
})  # fmt: skip
