"""Settings of all deployments; every value that an operator sets comes from `labelhub.env`."""

from __future__ import annotations

from urllib.parse import urlsplit

from labelhub import env

env.load_dotenv()

BASE_DIR = env.BASE_DIR
DATA_DIR = env.data_dir()
FILES_DIR = DATA_DIR / "files"
UPLOADS_DIR = DATA_DIR / "uploads"
EXPORTS_DIR = DATA_DIR / "exports"
SNAPSHOTS_DIR = DATA_DIR / "snapshots"
MODELS_DIR = DATA_DIR / "models"
FEATURES_DIR = DATA_DIR / "features"
TILES_DIR = DATA_DIR / "tiles"
BROKER_DIR = DATA_DIR / "broker"
STATIC_ROOT = DATA_DIR / "static"
# It holds images, answers and keys, so a new one is for this user alone.
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
for _folder in (
    FILES_DIR, UPLOADS_DIR, EXPORTS_DIR, SNAPSHOTS_DIR, MODELS_DIR, FEATURES_DIR, TILES_DIR,
    STATIC_ROOT,
):  # fmt: skip
    _folder.mkdir(parents=True, exist_ok=True)
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if (_shared := env.shared_storage(env.text("SHARED_STORAGE"))) is not None:
    STORAGES["shared"] = _shared  # see labelhub/shared.py
CACHE_MAX_BYTES = env.integer("CACHE_MAX_BYTES", least=0)

SECRET_KEY = env.text("SECRET_KEY")
DEBUG = False
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or [
    host
    for host in {urlsplit(PUBLIC_URL).hostname or "localhost", "localhost", "127.0.0.1"}
    if host
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "labelhub.accounts",
    "labelhub.jobs",
    "labelhub.backup",
    "annotations",
    "active_learning",
]
MIDDLEWARE = [
    "labelhub.status.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "labelhub.http.static.StaticFilesMiddleware",
    "labelhub.http.headers.HeadersMiddleware",
    "labelhub.http.refusals.RefusalMiddleware",
    "labelhub.http.outage.OutageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "labelhub.urls"
# Dotted, since nothing under labelhub imports an app.
API_URLS = [
    "annotations.api.urls",  # first: labels come at a higher rate than anything else
    "active_learning.api.urls",
    "labelhub.accounts.urls",
    "labelhub.jobs.urls",
    "labelhub.status.api_urls",
]
ROOT_URLS = ["labelhub.status.urls", "annotations.api.media_urls"]
REPORT_SECTIONS = {
    "learning_curve": "active_learning.reports.learning_curve",
    "learning": "active_learning.worth.learning_worth",
    "model": "active_learning.reports.model_summary",
}
METRIC_SOURCES = [
    "labelhub.status.metrics.gauges_of_jobs",
    "annotations.reports.installation.gauges",
]
DATA_CHECKS = ["labelhub.backup.run.check_database", "annotations.reports.consistency.check"]
# What a takedown asks before items go, and what erases their traces after; each gets the takedown.
TAKEDOWN_BEFORE = ["active_learning.actions.forget.free_copies"]
TAKEDOWN_TRACES = [
    "annotations.actions.takedown_releases.redact_releases",
    "active_learning.actions.forget.forget_items",
    "annotations.actions.takedown_traces.erase_traces",
]
# Looked up before the database is replaced, and applied after: what was taken down stays down.
RESTORE_LIST = (
    "annotations.actions.takedown_restore.known_before_restore",
    "annotations.actions.takedown_restore.apply_again",
)
STATUS_CHECKS = [
    "annotations.reports.installation.checks",
    "active_learning.actions.drift.checks",
]
JOB_PROJECTS_FOR_USER = "annotations.api.access.managed_projects"
WSGI_APPLICATION = "labelhub.wsgi.application"
TEMPLATES: list[dict[str, object]] = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}}
]
APPEND_SLASH = True

DATABASES = {"default": env.database(env.text("DATABASE_URL"), DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL")

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "labelhub.http.refusals.foreign_form"
SIGN_IN_FAILURES_ALLOWED = 10
SIGN_IN_LOCKOUT_SECONDS = 600

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [("app", FRONTEND_DIST)] if FRONTEND_DIST.is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
UPLOAD_MAX_BYTES = env.integer("UPLOAD_MAX_BYTES", least=1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = UPLOADS_DIR
MEDIA_LINK_SECONDS = 300
ACCESS_LOG_DAYS = env.integer("ACCESS_LOG_DAYS", least=1)  # who was sent which original
IMPORT_FOLDERS = env.folders("IMPORT_FOLDERS")
IMPORT_BUCKETS = env.words("IMPORT_BUCKETS")
IMPORT_URLS = env.switch("IMPORT_URLS")
IMPORT_NETWORKS = env.networks("IMPORT_NETWORKS")
WEBHOOK_NETWORKS = env.networks("WEBHOOK_NETWORKS")
TILES_LINK_SECONDS = 4 * 3600
# Tiles of very large pictures are a cache: the longest unused go beyond this. One has about 25 MB.
TILES_MAX_BYTES = 4_000_000_000

WEIGHTS_FOLDER = env.folder("WEIGHTS_FOLDER")
TRAIN_CPU_SECONDS = env.integer("TRAIN_CPU_SECONDS", least=1)
PRETRAIN_CPU_SECONDS = env.integer("PRETRAIN_CPU_SECONDS", least=1)
WORKER_CONCURRENCY = env.integer("WORKER_CONCURRENCY", least=1)
JOB_TABLES = ["annotations.jobs.JOBS", "active_learning.jobs.JOBS"]
PERIODIC_TABLES = [
    "labelhub.jobs.periodic.PERIODIC",
    "annotations.jobs.PERIODIC",
    "active_learning.jobs.PERIODIC",
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "labelhub.http.authentication.TokenAuthentication",
        "labelhub.http.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["labelhub.http.permissions.ScopedAndSignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["labelhub.http.json.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["labelhub.http.json.StrictJsonParser"],
    "DEFAULT_PAGINATION_CLASS": "labelhub.http.pagination.KeysetPagination",
    "EXCEPTION_HANDLER": "labelhub.http.errors.handle",
    "DEFAULT_METADATA_CLASS": None,  # the schema says what OPTIONS would
    "DEFAULT_SCHEMA_CLASS": "labelhub.http.openapi.Schema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "labelhub.http.json.JsonOnlyNegotiation",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LabelHub",
    "DESCRIPTION": "Label handwriting and faces: queue, consensus, active learning, export.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "labelhub.http.openapi.plain_anything",
    ],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SORT_OPERATION_PARAMETERS": False,
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}},
    "ENUM_NAME_OVERRIDES": {
        "TaskStatus": "annotations.models.task.Task.Status",
        "StatusFilter": "annotations.actions.export_selection.STATUS_FILTERS",
        "ForeignItems": "annotations.models.project.Project.ForeignItems",
        "QuotaPeriod": "annotations.models.project.Project.QuotaPeriod",
        "ForeignState": "active_learning.models.foreign.ForeignItem.State",
        "LeaseWhy": "annotations.api.queue.WHY_CODES",
        "TaskArm": "annotations.models.task.Task.Arm",
        "ProjectState": "annotations.models.project.Project.State",
        "MemberRole": "annotations.models.project.Membership.Role",
        "JobState": "labelhub.jobs.models.Job.State",
        "FormatEnum": "annotations.api.exports.FORMAT_NAMES",
        "ImportFormatName": "annotations.api.imports.FORMAT_NAMES",
        "KindEnum": "annotations.models.dataset.Dataset.Kind",
        "ImportPlaceKind": "annotations.actions.import_places.KINDS",
        "ImportRole": "annotations.actions.given_answers.ROLES",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL").upper()},
    "loggers": {"django.request": {"level": "ERROR"}},
}
