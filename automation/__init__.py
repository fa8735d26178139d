"""The project: settings, addresses, Celery, embedded servers and the commands of ./dev."""
