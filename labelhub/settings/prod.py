"""A team's server: refuses to start without SECRET_KEY and a public address; HTTPS expected."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from labelhub.settings.base import *  # noqa: F403
from labelhub.settings.base import PUBLIC_URL, SECRET_KEY

if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured(
        "SECRET_KEY must be set to at least 32 random characters. "
        "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )

if urlsplit(PUBLIC_URL).scheme not in ("http", "https") or not urlsplit(PUBLIC_URL).hostname:
    raise ImproperlyConfigured(
        "PUBLIC_URL must be set to the address that people type, such as "
        f"https://label.example.org; it is {PUBLIC_URL!r}."
    )

# Behind a proxy that ends TLS; a plain http PUBLIC_URL is for a closed network only.
_https = urlsplit(PUBLIC_URL).scheme == "https"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
