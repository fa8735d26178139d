"""What the surroundings may set: typed, checked at start-up, with safe defaults."""

import json
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Role = Literal["web", "dispatcher", "spooler", "worker", "beat", "command"]

# Longest statement by role of process; rebuilds and reports raise theirs with SET LOCAL.
STATEMENT_TIMEOUTS: dict[Role, str] = {
    "web": "10s",
    "dispatcher": "15s",
    "spooler": "15s",
    "worker": "15s",
    "beat": "15s",
    "command": "0",
}


class Environment(BaseSettings):
    """Each field is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    secret_key: SecretStr
    secret_key_fallbacks: list[str] = []
    # Signing keys of links in mails, by key id; the first one signs, all are accepted.
    link_keys: dict[str, SecretStr]
    database_url: str
    redis_url: str
    email_url: str = ""
    # Where texts go; another address than Twilio's own is for trying things out.
    twilio_url: str = "https://api.twilio.com"
    site_url: str = "http://127.0.0.1:8000"
    allowed_hosts: Annotated[list[str], NoDecode] = []
    # Private places that webhooks may call: 10.1.0.0/16, hooks.internal, 127.0.0.1:8080.
    outbound_allow: Annotated[list[str], NoDecode] = []
    # Folder below which maildirs of returned mail lie; empty: none are read.
    maildir_root: str = ""
    # Name servers to ask for records of sending domains; empty: those of the machine.
    dns_servers: Annotated[list[str], NoDecode] = []
    admin_email: str = ""
    debug: bool = False
    relais_data: Path | None = None
    # Append-only file of keyed hashes of who was erased; empty: erasures.jsonl in DATA/private.
    erasure_ledger: Path | None = None
    relais_role: Role = "command"
    relais_test_clock: Path | None = None
    language_code: Literal["en", "fr"] = "en"
    # Largest file that can be imported.
    import_megabytes: int = Field(default=200, ge=1, le=10_000)
    # Largest image that the media library takes.
    image_megabytes: int = Field(default=10, ge=1, le=100)
    trusted_proxy: bool = Field(
        default=False, description="A proxy of ours sets X-Forwarded-Proto and -For."
    )
    # Where that proxy connects from: others are not believed.
    proxy_networks: Annotated[list[str], NoDecode] = ["127.0.0.0/8", "::1"]
    # Requests to the API in a minute, for each token, and for each address without one; 0 = any.
    api_requests_per_minute: int = Field(default=60_000, ge=0)
    api_strangers_per_minute: int = Field(default=300, ge=0)
    # Hits of tracked sites in a minute, for each address and web process; 0 = any.
    hits_per_minute: int = Field(default=600, ge=0)

    @field_validator(
        "allowed_hosts", "outbound_allow", "dns_servers", "proxy_networks", mode="before"
    )
    @classmethod
    def split_hosts(cls, value: Any) -> Any:  # what pydantic hands over is not yet checked
        if isinstance(value, str):
            return [host.strip() for host in value.split(",") if host.strip()]
        return value

    @field_validator("proxy_networks")
    @classmethod
    def require_networks(cls, value: list[str]) -> list[str]:
        for network in value:
            ip_network(network)
        return value

    @field_validator("secret_key")
    @classmethod
    def refuse_weak_key(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if len(secret) < 50 or len(set(secret)) < 5 or "insecure" in secret:
            message = "SECRET_KEY must have 50 random characters or more"
            raise ValueError(message)
        return value

    @field_validator("database_url")
    @classmethod
    def require_postgresql(cls, value: str) -> str:
        if urlsplit(value).scheme not in {"postgres", "postgresql"}:
            message = "DATABASE_URL must be postgresql://user:password@host:port/name"
            raise ValueError(message)
        return value


def load_environment() -> Environment:
    """Read the environment; the secrets of an embedded data folder fill what is not set."""
    first = _DataFolder()
    if first.relais_data is None:
        return Environment()
    file = first.relais_data / "secrets.json"
    stored = json.loads(file.read_text()) if file.exists() else {}
    return Environment(**{key: value for key, value in stored.items() if key not in _given()})


class _DataFolder(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    relais_data: Path | None = None


def _given() -> set[str]:
    """Name what the environment itself sets, since arguments would win over it."""
    from os import environ

    return {key.lower() for key, value in environ.items() if value}


def database_settings(url: str, role: Role) -> dict[str, Any]:
    """Translate the URL into Django's settings; ?host=/folder names a Unix socket."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options = {
        "application_name": f"relais {role}",
        "options": (
            f"-c statement_timeout={STATEMENT_TIMEOUTS[role]}"
            " -c idle_in_transaction_session_timeout=30s -c jit=off -c timezone=UTC"
        ),
        **{key: value for key, value in query.items() if key not in {"host", "port"}},
    }
    return {
        "ENGINE": "automation.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "relais",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or (str(parts.port) if parts.port else ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def celery_url(redis_url: str) -> str:
    """Write the address of a Unix socket as Celery wants it."""
    if not redis_url.startswith("unix://"):
        return redis_url
    parts = urlsplit(redis_url)
    database = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={database}"
