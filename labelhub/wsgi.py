"""The web process: gunicorn serves this application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings.dev")
application = get_wsgi_application()
