"""Django's settings. What differs between installations comes from gendan.config.env only."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jinja2 import StrictUndefined

from gendan.config import database, env

ENV = env.current()
SOURCE = Path(__file__).resolve().parents[1]
CONTEXTS = (
    *("kernel", "accounts", "catalog", "notices", "inventory", "flow", "carriers", "quality", "changes"),
    *("purchasing", "sales", "sourcing", "transport", "settlement", "insight", "alerts", "integrations"),
    *("portal", "handheld", "web"),
)


def _existing(*names: str) -> list[str]:
    """The dotted names whose module exists: parts of the product that are optional."""
    return [name for name in names if find_spec(name.rpartition(".")[0])]


# Requests
DEBUG = ENV.debug
SECRET_KEY = env.secret_key(ENV)
ALLOWED_HOSTS = [*ENV.hosts, "[::1]"]
CSRF_TRUSTED_ORIGINS = [ENV.url] if ENV.url else []
ROOT_URLCONF = "gendan.config.urls"
WSGI_APPLICATION = "gendan.config.wsgi.application"
APPEND_SLASH = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    *(f"gendan.{context}" for context in CONTEXTS),
]

MIDDLEWARE = [
    "gendan.kernel.http.RequestId",
    "django.middleware.security.SecurityMiddleware",
    *_existing("gendan.kernel.http.SecurityHeaders"),
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    *_existing("gendan.kernel.http.ProblemMiddleware"),
]

# What a request to /api/ passes (gendan.config.wsgi): it has no session, no form and no cookie to protect.
API_MIDDLEWARE = ["gendan.kernel.api.ApiRequest"]

# Pages
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": [SOURCE / context / "templates" for context in CONTEXTS],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "gendan.config.jinja.environment",
            "undefined": StrictUndefined,
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                *_existing("gendan.web.context.shell"),
            ],
        },
    },
    {
        # allauth's own pages, until one of ours of the same name takes their place.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "django",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database and files
DATABASES = {"default": database.django_database(database.url_of(ENV))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Sign-in attempts are counted here, by all web processes together.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kernel_cache"}}
STATIC_URL = "/static/"
STATIC_ROOT = ENV.home / "static"
MEDIA_ROOT = ENV.home / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
for _adapter in _existing("gendan.accounts.adapter.AccountAdapter"):
    ACCOUNT_ADAPTER = _adapter
# Sign-in attempts are limited by address: behind a proxy, by the one that it appends to X-Forwarded-For.
TRUSTED_PROXIES = 1 if ENV.url else 0
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "gendan"
MFA_ADAPTER = "gendan.accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {"activate_totp": "gendan.accounts.second_factor.ActivateForm"}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = f"gendan_session_{ENV.port}"  # two installations on one host name do not sign each other out
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = ENV.is_https
CSRF_COOKIE_NAME = f"gendan_csrf_{ENV.port}"
CSRF_COOKIE_SECURE = ENV.is_https
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "gendan.web.views.csrf_failure"
LANGUAGE_COOKIE_NAME = "gendan_language"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Headers; the content security policy is set in gendan.kernel.http
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if ENV.is_https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600

# Calls to other servers (gendan.kernel.outgoing) go to public addresses only, except to these «host:port».
OUTGOING_ALLOWED: frozenset[str] = frozenset(ENV.outgoing_allowed)
# Where others reach this installation; "" while nobody outside can.
PUBLIC_URL = ENV.url
# What people type to get here; links in mails begin with it.
ORIGIN = ENV.origin

# Mail is written to files until a server is configured; on the port for submission it turns to TLS.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ENV.mail_url else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = ENV.home / "mail"
DEFAULT_FROM_EMAIL = ENV.mail_from
if ENV.mail_url:
    _mail = urlsplit(ENV.mail_url)
    EMAIL_HOST, EMAIL_USE_SSL = _mail.hostname or "", _mail.scheme == "smtps"
    EMAIL_PORT = _mail.port or (465 if EMAIL_USE_SSL else 25)
    EMAIL_USE_TLS = not EMAIL_USE_SSL and EMAIL_PORT == 587
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_TIMEOUT = 20

# Languages
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# The live process (gendan.web.live)
LIVE_URL = ENV.live_url
LIVE_PORT = ENV.live_port
LIVE_ORIGIN = " ".join(ENV.live_origins)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "gendan": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
    },
}
