"""Small files of lessons whose bytes are what their names say, and the library that holds them."""

import io
import zipfile
from random import Random

from django.core.files.base import ContentFile
from PIL import Image as Picture
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.000\nសួស្តី\n".encode()
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(range(256)) * 8
MP3 = b"ID3\x04\x00" + bytes(range(256)) * 4
PDF = b"%PDF-1.7\n%%EOF\n"


def office(part="word/document.xml", *more):
    """The bytes of a package with this main part."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name in (part, *more):
            package.writestr(name, "<x/>")
    return target.getvalue()


def make_document(name="film.mp4", content=MP4):
    """A file in the library of documents."""
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    document = get_document_model()(title=name, collection=Collection.objects.first())
    document.file.save(name, ContentFile(content), save=False)
    document._set_document_file_metadata()
    document.save()
    return document


def make_image(width=1600, height=900):
    """A picture in the library of images, with as much in it as a photograph has."""
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    target = io.BytesIO()
    shapes = Picture.frombytes("RGB", (80, 45), Random(1).randbytes(80 * 45 * 3))
    shapes.resize((width, height), Picture.Resampling.BICUBIC).save(target, "JPEG")
    image = get_image_model()(title="picture", collection=Collection.objects.first())
    image.file.save("picture.jpg", ContentFile(target.getvalue()), save=False)
    image.width, image.height = width, height
    image.save()
    return image
