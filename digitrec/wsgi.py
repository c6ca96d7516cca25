import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitrec.settings")
os.environ.setdefault("WEB_PROCESS", "1")
application = get_wsgi_application()
