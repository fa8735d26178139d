"""SEC-65: as it is installed, the framework's own check of a deployment finds nothing."""

import os
import subprocess
import sys

from django.conf import settings

from automation.embedded.throwaway import secrets_for_tests
from tests.automation.test_the_environment_is_checked import GOOD

ASKED = """
import django
from django.conf import settings
from django.core import checks
django.setup()
print([str(one) for one in checks.run_checks(include_deployment_checks=True)])
print(settings.DEBUG, settings.ALLOWED_HOSTS, settings.SECURE_HSTS_SECONDS >= 31_536_000)
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT)
"""


def test_sec_65_a_deployment_warns_of_nothing_and_is_strict():
    given = GOOD | secrets_for_tests() | {"SITE_URL": "https://relais.example"}
    told = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **given, "DJANGO_SETTINGS_MODULE": "automation.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.splitlines() == [
        "[]",
        "False ['relais.example'] True",
        "True True True",
    ], told.stderr
