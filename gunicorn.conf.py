"""How gunicorn runs the site: threads in few processes, because SQLite has one writer and pages are short."""

import os

pythonpath = "site"
wsgi_app = "conduct_site.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
preload_app = True  # read once, forked: half the memory and the time to start
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 4094
accesslog = None
