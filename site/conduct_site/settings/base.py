"""What every deployment has in common. Nothing here is a secret and nothing here names a machine."""

import os
from pathlib import Path

import dj_database_url

from conduct_site.providers.configured import from_environment

PACKAGE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or Path.cwd() / "var")

DEBUG = False
CONDUCT_DEMO = False
# Signatures on paper for people without an account; "off" takes their pages and links away.
CONDUCT_PAPER_SIGNING = os.environ.get("CONDUCT_PAPER_SIGNING", "on") != "off"
# Hosts inside the ministry's own network to which webhooks may lead, as host or host:port, separated by commas.
CONDUCT_WEBHOOK_HOSTS = os.environ.get("CONDUCT_WEBHOOK_HOSTS", "").replace(",", " ").split()

ROOT_URLCONF = "conduct_site.urls"
WSGI_APPLICATION = "conduct_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "institutions.User"

# The site comes first, so that its templates and its Khmer catalogue win over everybody else's.
INSTALLED_APPS = [
    "conduct_site",
    "exports",
    "discipline",
    "certification",
    "courses",
    "conduct_codes",
    "institutions",
    "jobs",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "conduct_site.middleware.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "conduct_site.middleware.CompressionMiddleware",
    "conduct_site.middleware.CacheControlMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "conduct_site.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "conduct_site.middleware.IdleSessionMiddleware",
    "institutions.middleware.ScopeMiddleware",
    "conduct_codes.middleware.SectionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "conduct_site.second_step.SecondStepMiddleware",
    "conduct_site.kept.KeptFormMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "conduct_site.context_processors.site",
            ],
        },
    },
]

# --- database -------------------------------------------------------------------------------------------------------


def _database() -> dict:
    """DATABASE_URL, or an SQLite file under DATA_DIR; SQLite writers queue for their turn instead of failing."""
    if not os.environ.get("DATABASE_URL"):
        DATA_DIR.mkdir(parents=True, exist_ok=True)
    config = dj_database_url.config(default=f"sqlite:///{DATA_DIR / 'conduct.sqlite3'}", conn_max_age=60)
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;",
        }
    else:
        config["CONN_HEALTH_CHECKS"] = True
        # A query over statuses has so many parts that PostgreSQL compiles it: ten times the time of running it.
        config.setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
    return config


DATABASES = {"default": _database()}
ATOMIC_REQUESTS = False

# Rate limits must be seen by every process, so they live in the database where there is no better shared cache.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "conduct_cache",
        "OPTIONS": {"MAX_ENTRIES": 20000},
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- languages, time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "km"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("km", "ខ្មែរ"), ("en", "English")]
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
FORMAT_MODULE_PATH = ["conduct_site.formats"]
LANGUAGE_COOKIE_NAME = "conduct_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Phnom_Penh"
USE_TZ = True

# --- files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_HANDLERS = [
    "institutions.upload_limit.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- accounts -------------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "conduct_site.passwords.MinimumLength"},
    {"NAME": "conduct_site.passwords.NotGuessable"},
]

ACCOUNT_ADAPTER = "conduct_site.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "conduct_site.accounts.LoginForm",
    "change_password": "conduct_site.accounts.ChangePasswordForm",
    "reauthenticate": "conduct_site.accounts.ReauthenticateForm",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Whole ministries sit behind one address: the limit per address is wide, the one per account is not.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/m/ip,6/m/key,100/h/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "conduct_site.accounts.SecondStepAdapter"
MFA_FORMS = {
    "add_webauthn": "conduct_site.passkey_forms.AddPasskeyForm",
    "edit_webauthn": "conduct_site.passkey_forms.RenamePasskeyForm",
}
MFA_TOTP_ISSUER = "Conduct"
# Identity providers of ministries, as JSON or as the path of a file that holds it: docs/accounts.md.
CONDUCT_OIDC = from_environment(os.environ.get("CONDUCT_OIDC", ""))
SOCIALACCOUNT_ADAPTER = "conduct_site.providers.logins.ProviderLogins"
CONDUCT_MFA_ROLES = []  # kinds of Role, and "owner": who is led to a second step before anything else
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

SESSION_ENGINE = "conduct_site.sessions"
SESSION_COOKIE_AGE = 60 * 60  # without use: IdleSessionMiddleware begins the hour again
CONDUCT_ROLE_SESSION_AGE = 30 * 60  # the same where the account holds a role
CONDUCT_SESSION_AT_MOST = 12 * 60 * 60  # from the login on, however much it is used
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "conduct_site.views.csrf_failure"

# --- what a browser may do ------------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # the shapes of status words are data: masks
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Wagtail: words only, no outside host ---------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Conduct"
WAGTAILADMIN_BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8000")
WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English")]
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 5 * 1024 * 1024
WAGTAILDOCS_EXTENSIONS = ["docx", "m4a", "mp3", "mp4", "ogg", "pdf", "pptx", "vtt", "webm", "xlsx"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "courses.document_forms.CheckedDocumentForm"
LESSON_FILE_MAX_BYTES = {}  # by "video", "audio", "captions", "document"; courses/file_kinds.py holds what else applies
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django_tasks": {"level": "WARNING"}, "modelsearch": {"level": "WARNING"}},
}
