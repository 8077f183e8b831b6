import threading
from datetime import UTC, datetime

import pytest
import typst

from institutions import pdf

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TEMPLATE = """
#set page(width: 90mm, height: 50mm)
#set text(font: "Noto Sans Khmer")
#import "words.typ": greeting
#let posts = json(bytes(sys.inputs.at("posts", default: "[]")))
#greeting #sys.inputs.name #for post in posts [#post.title]
"""


@pytest.fixture
def template(tmp_path):
    (tmp_path / "words.typ").write_text('#let greeting = "សូមបញ្ជាក់ថា"')
    path = tmp_path / "letter.typ"
    path.write_text(TEMPLATE)
    return path


def test_render_gives_the_same_bytes_for_the_same_input(template):
    first = pdf.render(template, {"name": "សុខ ចាន់ដារ៉ា"}, at=AT)
    assert first.startswith(b"%PDF")
    assert pdf.render(template, {"name": "អ៊ុំ សុភា"}, at=AT) != first
    assert pdf.render(template, {"name": "សុខ ចាន់ដារ៉ា"}, at=AT) == first
    pdf._forget()
    assert pdf.render(template, {"name": "សុខ ចាន់ដារ៉ា"}, at=AT) == first


def test_render_keeps_one_compiler_for_a_template(template, monkeypatch):
    made = []
    compiler = typst.Compiler
    monkeypatch.setattr(typst, "Compiler", lambda **options: made.append(1) or compiler(**options))
    for name in ("a", "b", "c"):
        pdf.render(template, {"name": name}, at=AT)
    assert made == [1]


@pytest.mark.parametrize(
    "name", ["#panic()", '"); #panic("', "*bold* $x$ @cite <label>", "\\", "]#panic()[", "`", "//", "\n= Head"]
)
def test_render_never_reads_a_value_as_markup(template, name):
    literal = template.with_name("literal.typ")
    literal.write_text(TEMPLATE + "\n#assert.eq(sys.inputs.name, posts.first().title)")
    assert pdf.render(literal, {"name": name, "posts": [{"title": name}]}, at=AT).startswith(b"%PDF")


def test_render_passes_other_values_as_json(template):
    with_post = pdf.render(template, {"name": "x", "posts": [{"title": "គ្រូ"}]}, at=AT)
    assert with_post != pdf.render(template, {"name": "x", "posts": []}, at=AT)


def test_render_attaches_files(template):
    plain = pdf.render(template, {"name": "x"}, at=AT)
    file = pdf.Attachment(name="credential.json", content=b'{"a":1}\xff\x00', description="Signed credential")
    attached = pdf.render(template, {"name": "x"}, at=AT, attachments=[file])
    assert b"EmbeddedFile" not in plain
    assert b"EmbeddedFile" in attached
    assert b"credential.json" in attached
    assert attached == pdf.render(template, {"name": "x"}, at=AT, attachments=[file])


def test_render_conforms_to_an_archive_standard_or_refuses(template):
    file = pdf.Attachment(name="credential.json", content=b"{}", description="Signed credential")
    assert b"pdfaid" in pdf.render(template, {"name": "x"}, at=AT, attachments=[file], standards=["a-3b"])
    with pytest.raises(typst.TypstError):
        pdf.render(template, {"name": "x"}, at=AT, attachments=[file], standards=["a-2b"])


def test_render_survives_an_error_and_sees_a_changed_template(template):
    before = pdf.render(template, {"name": "x"}, at=AT)
    with pytest.raises(typst.TypstError):
        pdf.render(template, {}, at=AT)
    assert pdf.render(template, {"name": "x"}, at=AT) == before
    template.write_text(TEMPLATE + "#v(1mm) again")
    assert pdf.render(template, {"name": "x"}, at=AT) != before


def test_render_uses_no_font_of_the_system(template):
    assert set(pdf._fonts(()).families()) >= {pdf.FONT}
    assert not [font for font in pdf._fonts(()).fonts() if (font.path or "").startswith("/usr/share/fonts")]


def test_render_gives_every_thread_its_own_page(template):
    names = [f"ឈ្មោះ {number}" for number in range(12)]
    expected = {name: pdf.render(template, {"name": name}, at=AT) for name in names}
    found = {}
    threads = [
        threading.Thread(target=lambda name=name: found.update({name: pdf.render(template, {"name": name}, at=AT)}))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected
