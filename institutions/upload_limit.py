"""The first door for files that come in: a body that no form here could want is refused before it is read."""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MAX_BODY = 64 * 1024 * 1024  # the largest file that a form takes has 60 MB


class BoundedUpload(FileUploadHandler):
    """Stands before the other handlers; reads nothing itself."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > MAX_BODY:
            raise RequestDataTooBig(f"A body of {content_length} bytes is larger than any file taken here.")

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        return None
