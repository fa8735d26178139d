"""A browser with an address of its own, so that tests do not use up each other's tries."""

import random

from django.test import Client

from accounts.models import BuiltIn, Role, User

PASSWORD = "correct horse battery staple"


def browser(**more: object) -> Client:
    """Open a browser somewhere on the internet."""
    address = ".".join(str(random.randint(1, 254)) for _part in range(4))
    return Client(REMOTE_ADDR=address, **more)


def nobody() -> str:
    """Make up an address no user has, and no earlier test tried."""
    return f"nobody{random.randrange(10**12)}@example.com"


def someone(**values: object) -> User:
    """Make a user with a password and an address nobody else has."""
    role = Role.objects.get(built_in=BuiltIn.MARKETER)
    email = f"user{random.randrange(10**12)}@example.com"
    return User.objects.create_user(email, PASSWORD, **{"role": role, **values})


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str):
    return client.post("/account/login", {"login": email, "password": password, **more})
