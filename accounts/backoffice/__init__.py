"""Users, roles, tokens, the audit trail and one's own profile on screen."""

from accounts.backoffice import audit, profile, roles, tokens, users

urlpatterns = [
    *profile.urlpatterns,
    *users.urlpatterns,
    *roles.urlpatterns,
    *tokens.urlpatterns,
    *audit.urlpatterns,
]
