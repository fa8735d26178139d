"""What tests of accounts share."""

import pytest


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hash passwords quickly: their slowness is Django's to test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
