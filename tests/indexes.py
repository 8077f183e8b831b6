"""Wagtail's indexes of words and of references: its admin alone reads them, so tests keep them only to ask the admin.

Writing both is a third of what a page costs, and most tests make some pages.
"""

from contextlib import contextmanager

from django.db.models.signals import post_delete, post_migrate, post_save
from modelsearch import signal_handlers as words
from modelsearch.index import get_indexed_models
from wagtail import signal_handlers as references

_kept = []


def are_kept():
    return bool(_kept)


def leave_indexes():
    """From now on no page is written into an index."""
    _kept.clear()
    for model in get_indexed_models():
        post_save.disconnect(words.post_save_signal_handler, sender=model)
        post_delete.disconnect(words.post_delete_signal_handler, sender=model)
    references.disconnect_reference_index_signal_handlers()
    post_migrate.disconnect(references.connect_reference_index_signal_handlers)  # as at the end of each flush


@contextmanager
def kept_indexes():
    """Meanwhile every page is written into both, as on the site."""
    words.register_signal_handlers()
    references.connect_reference_index_signal_handlers()
    _kept.append(True)
    try:
        yield
    finally:
        leave_indexes()
