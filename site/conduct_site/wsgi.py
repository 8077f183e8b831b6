"""The callable a web server imports; production settings unless others are named."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conduct_site.settings.production")
application = get_wsgi_application()
