"""The part of the access table that lies in the Wagtail admin: lists and editors of ours there."""

from tests.site.access_rows import (
    ACCOUNTS,
    EDITOR,
    IN_THE_ADMIN,
    LOGIN,
    NOT_FOUND,
    OK,
    REDIRECT,
    REVIEWER,
    SUPERUSER,
    Row,
    all_of,
    of_the_profession,
)

TABLE = {}

# Lists in the Wagtail admin that are ours: read by those who enter it, changed by the platform owner alone.
READ_ONLY_LISTS = {"topics": "topic.pk", "regimes": "code.regime.pk"}
READS = ("index", "index_results", "inspect")
KEPT_FROM_READERS = ("add", "edit", "delete", "history", "history_results", "usage")
for _list, _pk in READ_ONLY_LISTS.items():
    _entering = dict.fromkeys(ACCOUNTS, LOGIN)
    for _view in (*READS, *KEPT_FROM_READERS):
        _parts = {} if _view in ("index", "index_results", "add") else {"pk": _pk}
        _allowed = all_of(OK, *IN_THE_ADMIN) if _view in READS else all_of(REDIRECT, EDITOR, REVIEWER) | {SUPERUSER: OK}
        _answers = _entering | _allowed
        TABLE[f"{_list}:{_view}"] = Row(_parts, own=_answers, foreign=_answers, shared=True)

# Limits of quizzes: an editor's own section, the owner's all; nobody adds or deletes one there.
for _view in ("index", "index_results", "add", "edit", "delete", "inspect", "history", "history_results", "usage"):
    _parts = {} if _view in ("index", "index_results", "add") else {"pk": "enrolment.course.quiz.pk"}
    _entering = dict.fromkeys(ACCOUNTS, LOGIN)
    _entering[REVIEWER] = REDIRECT if _view in ("index", "index_results", "add", "edit") else NOT_FOUND
    _inside = {"add": REDIRECT, "delete": NOT_FOUND}.get(_view, OK)
    _foreign = REDIRECT if _view == "add" else NOT_FOUND
    TABLE[f"quizzes:{_view}"] = Row(
        _parts,
        own=_entering | all_of(_inside, EDITOR, SUPERUSER),
        foreign=_entering | {EDITOR: _foreign, SUPERUSER: _inside},
    )

# The question banks in the admin: an editor's own sections only, the platform owner's all.
BANK = {"bank": "bank.slug"}
BANK_QUESTION = BANK | {"key": "question.key"}
_BANKS = {
    "index": {},
    "bank": BANK,
    "add": BANK | {"kind": "kind"},
    "import": BANK,
    "export": BANK | {"file_format": "kind_of_file"},
    "edit": BANK_QUESTION,
    "preview": BANK_QUESTION,
    "retire": BANK_QUESTION,
}
for _view, _parts in _BANKS.items():
    _outside = dict.fromkeys(set(ACCOUNTS) - set(IN_THE_ADMIN), LOGIN) | {SUPERUSER: OK}
    TABLE[f"question_banks:{_view}"] = Row(_parts, own=_outside | {EDITOR: OK}, foreign=_outside)
TABLE["course_rules:index"] = Row(own=_outside | {EDITOR: OK})
TABLE["course_rules:edit"] = Row({"course": "bank.course.slug"}, own=_outside | {EDITOR: OK}, foreign=_outside)

# Articles of a code page in files: an editor's own sections only, the platform owner's all.
for _view in ("import", "export", "template"):
    _parts = {"pk": "page.pk"} if _view == "import" else {"pk": "page.pk", "file_format": "kind_of_file"}
    _outside = dict.fromkeys(set(ACCOUNTS) - set(IN_THE_ADMIN), LOGIN) | {SUPERUSER: OK}
    TABLE[f"code_articles:{_view}"] = Row(_parts, own=_outside | {EDITOR: OK}, foreign=_outside)
# The courses in the admin, likewise.
_COURSE = {"course": "bank.course.slug"}
_COURSE_LESSON = _COURSE | {"pk": "first_lesson.pk"}
_COURSES = {
    "index": {},
    "add": {},
    "course": _COURSE,
    "lesson_add": _COURSE,
    "lesson": _COURSE_LESSON,
    "lesson_move": _COURSE_LESSON,
    "translate": _COURSE | {"pk": "first_lesson_page.pk"},
    "retire": _COURSE,
}
for _view, _parts in _COURSES.items():
    _outside = dict.fromkeys(set(ACCOUNTS) - set(IN_THE_ADMIN), LOGIN) | {SUPERUSER: OK}
    TABLE[f"kept_courses:{_view}"] = of_the_profession(_parts, EDITOR, others=_outside)

# Packages of lessons in the admin, by the same sections.
for _view, _parts in {
    "index": {},
    "lesson": {"lesson": "package.lesson_id"},
    "preview": {"pk": "package.pk"},
    "withdraw": {"pk": "package.pk"},
}.items():
    _outside = dict.fromkeys(set(ACCOUNTS) - set(IN_THE_ADMIN), LOGIN) | {SUPERUSER: OK}
    TABLE[f"scorm_packages:{_view}"] = Row(_parts, own=_outside | {EDITOR: OK}, foreign=_outside)
