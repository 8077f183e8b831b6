"""The declared answer of every address to every role. An address that is missing here fails the test that reads this.

A row says what an address answers where a role may enter. Everything that a row leaves out is the default: who is not
logged in is sent to log in, everybody else is told that there is no such page.

- `own`: the thing named in the address belongs to the viewer, or to the viewer's department.
- `foreign`: it belongs to another ministry. The default for everybody, unless the row says otherwise.
- another department of the same ministry answers like `own` to those whose roles cover the ministry, else like
  `foreign`; `sibling` says so where the thing belongs to the ministry's profession.
- `personal`: what one account asked for or has; no role reaches another's.
- `shared`: a reference list of everybody's.
- `for_programs`: a token opens it, and no session does.
- `leaves`: tables that a GET may write: the record of who looked, progress, nothing else.
"""

from dataclasses import replace

from tests.site.access_admin import TABLE as ADMIN_TABLE
from tests.site.access_rows import (
    ACCOUNTS,
    ADOPTER,
    ANONYMOUS,
    AREA,
    AUDIT,
    AUDITOR,
    DISCIPLINE,
    EDITOR,
    EXPORT,
    HR,
    KEEP_QUESTIONS,
    KEEP_THE_TREE,
    LOGIN,
    MONITOR,
    NOT_FOUND,
    OFFICER,
    OK,
    PACKAGE_STATE,
    PLAN_SESSIONS,
    REDIRECT,
    REGISTRAR,
    REVIEWER,
    ROLES,
    SEE_NAMES,
    SEE_TOTALS,
    SUPERUSER,
    TRAINER,
    WRONG_METHOD,
    Row,
    account,
    all_of,
    for_programs,
    of_the_profession,
    public,
)

PK = {"pk": "person.pk"}
CASE = {"reference": "case.reference"}
ENROLMENT = {"pk": "enrolment.pk"}
ROLE, ACCOUNT = {"pk": "role.pk"}, {"pk": "person.user.pk"}
POST = {"pk": "post.pk"}
IMPORT = {"pk": "register_import.pk"}
SESSION = {"pk": "session.pk"}
CLIENT = {"pk": "system.pk"}
WEBHOOK = {"pk": "webhook.pk"}

TABLE = {
    # The site
    "home": public(answer=REDIRECT),
    "healthz": public(),
    "service_worker": public(),
    "manifest": public(),
    "library": public(answer=REDIRECT),
    "help": public(),
    "privacy": public(),
    "accessibility": public(),
    "start": Row(
        own=all_of(REDIRECT, OFFICER, HR, REGISTRAR, MONITOR, AREA, DISCIPLINE, AUDITOR)
        | all_of(REDIRECT, EDITOR, REVIEWER, ADOPTER, SUPERUSER, TRAINER)
    ),
    "kept_form": account(REDIRECT),
    "wagtail_serve": public(),
    "wagtaildocs_serve": public({"document_id": "document.pk", "document_filename": "document.filename"}),
    "admin_login": public(answer=LOGIN),
    "page_login": public(answer=LOGIN),
    "wagtailcore_login": public(answer=LOGIN),
    "wagtailcore_authenticate_with_password": public(
        {"page_view_restriction_id": "page.pk", "page_id": "page.pk"}, answer=NOT_FOUND
    ),
    # The interface for other systems
    "api_pages": public(),
    "api:openapi-json": for_programs(answer=OK),
    "api:api-root": for_programs(answer=NOT_FOUND),
    "api_nothing": for_programs({"rest": "kind"}, answer=NOT_FOUND),
    "api:client": for_programs(),
    "api:people_changes": for_programs(answer=WRONG_METHOD),
    "api:people_changes_detail": for_programs({"pk": "first"}),
    "api:people": for_programs(),
    "api:status": for_programs({"register_code": "ministry.code", "staff_number": "language"}),
    "api:certificates": for_programs(),
    "api:coverage": for_programs(),
    # Accounts
    "account_login": Row(own={ANONYMOUS: OK} | all_of(REDIRECT, *ACCOUNTS)),
    "account_logout": Row(own={ANONYMOUS: REDIRECT} | all_of(OK, *ACCOUNTS)),
    "account_inactive": public(),
    "account_change_password": account(),
    "account_reauthenticate": account(),
    "mfa_index": account(),
    "mfa_authenticate": Row(own={ANONYMOUS: LOGIN} | all_of(REDIRECT, *ACCOUNTS)),
    "mfa_reauthenticate": account(REDIRECT),
    "mfa_activate_totp": account(REDIRECT),
    "mfa_deactivate_totp": Row(),
    "mfa_view_recovery_codes": Row(),
    "mfa_generate_recovery_codes": account(REDIRECT),
    "mfa_download_recovery_codes": Row(),
    "mfa_list_webauthn": account(),
    "mfa_add_webauthn": account(REDIRECT),
    "mfa_reauthenticate_webauthn": account(REDIRECT),
    "mfa_edit_webauthn": Row({"pk": "job.pk"}, own=all_of(REDIRECT, *ACCOUNTS), foreign=all_of(REDIRECT, *ACCOUNTS)),
    "mfa_remove_webauthn": Row({"pk": "job.pk"}, own=all_of(REDIRECT, *ACCOUNTS), foreign=all_of(REDIRECT, *ACCOUNTS)),
    "mfa_login_webauthn": Row(own={ANONYMOUS: LOGIN} | all_of(REDIRECT, *ACCOUNTS)),
    "second_step_required": account(REDIRECT),
    # Ministries' identity providers: none is configured here
    "provider_login": public({"provider_id": "language"}, answer=NOT_FOUND),
    "provider_again": public({"provider_id": "language"}, answer=NOT_FOUND),
    "provider_answer": public({"provider_id": "language", "kind": "language"}, answer=NOT_FOUND),
    "provider_callback": public({"provider_id": "language"}, answer=NOT_FOUND),
    # The register's own data
    "institutions:correction_new": Row(own={OFFICER: OK}),
    "institutions:correction_list": Row(own=all_of(OK, *SEE_NAMES)),
    "institutions:correction_answer": Row({"pk": "correction.pk"}, own=all_of(OK, *SEE_NAMES)),
    "institutions:import_list": Row(own=all_of(OK, *SEE_NAMES)),
    "institutions:import_template": Row(own=all_of(OK, *SEE_NAMES)),
    "institutions:people_export": Row(own=all_of(WRONG_METHOD, *SEE_NAMES)),
    "institutions:import": Row(IMPORT, own=all_of(OK, *SEE_NAMES)),
    "institutions:import_undo": Row(IMPORT, own=all_of(OK, *SEE_NAMES)),
    "institutions:import_discard": Row(IMPORT, own=all_of(REDIRECT, *SEE_NAMES)),
    "institutions:import_rows": Row(IMPORT, own=all_of(OK, *SEE_NAMES)),
    "institutions:transfer_list": Row(own=all_of(OK, *SEE_NAMES)),
    "institutions:transfer_answer": Row({"pk": "transfer.pk"}, own=all_of(OK, *SEE_NAMES)),
    "institutions:duplicate_list": Row(own=all_of(OK, *SEE_NAMES)),
    "institutions:keep_apart": Row({"first": "person.pk", "second": "second.pk"}, own=all_of(OK, *SEE_NAMES)),
    "institutions:merge": Row({"kept": "person.pk", "other": "second.pk"}, own=all_of(OK, *SEE_NAMES)),
    "institutions:merge_list": Row(own=all_of(OK, *SEE_NAMES)),
    "institutions:merge_undo": Row({"pk": "merge.pk"}, own=all_of(OK, *SEE_NAMES)),
    "institutions:duty_list": Row(own=all_of(OK, *SEE_NAMES)),
    "institutions:duty_workbook": Row(own=all_of(OK, *SEE_NAMES), leaves=(AUDIT,)),
    "institutions:duty_give": Row({"code": "school.code"}, own=all_of(OK, *SEE_NAMES)),
    "institutions:person_new": Row(own=all_of(OK, *SEE_NAMES)),
    "institutions:person_facts": Row(PK, own=all_of(OK, *SEE_NAMES)),
    "institutions:person_duty": Row(PK, own=all_of(OK, *SEE_NAMES)),
    "institutions:post_new": Row(PK, own=all_of(OK, *SEE_NAMES)),
    "institutions:post_change": Row(POST, own=all_of(OK, *SEE_NAMES)),
    "institutions:post_end": Row(POST, own=all_of(OK, *SEE_NAMES)),
    "institutions:duty_end": Row({"pk": "duty.pk"}, own=all_of(OK, *SEE_NAMES)),
    "institutions:end_reason": Row({"pk": "ended.pk"}, own=all_of(OK, *SEE_NAMES)),
    "institutions:audit_list": Row(own={AUDITOR: OK}),
    # Access to accounts
    "institutions:access_list": Row(own=all_of(OK, *SEE_NAMES)),
    "institutions:access_check": Row(own=all_of(WRONG_METHOD, *SEE_NAMES)),
    "institutions:access_slips": Row(own=all_of(WRONG_METHOD, *SEE_NAMES)),
    "institutions:access_person": Row(PK, own=all_of(OK, *SEE_NAMES)),
    "institutions:activate": Row(own=all_of(OK, *ROLES)),
    "institutions:activate_by_qr": public({"token": "language"}),
    "institutions:activate_password": Row(own=all_of(REDIRECT, *ROLES)),
    "institutions:login_list": account(),
    "institutions:login_end": Row({"pk": "login.pk"}, own={OFFICER: OK}, personal=True),
    "institutions:access_login_end": Row(PK | {"link": "login.pk"}, own=all_of(OK, *SEE_NAMES)),
    "institutions:account_login_end": Row(ACCOUNT | {"link": "login.pk"}, own={SUPERUSER: OK}, foreign={SUPERUSER: OK}),
    "institutions:session_list": account(),
    "institutions:session_end": Row(
        {"pk": "job.pk"}, own=all_of(WRONG_METHOD, *ACCOUNTS), foreign=all_of(WRONG_METHOD, *ACCOUNTS)
    ),
    "institutions:session_end_others": account(WRONG_METHOD),
    # Roles: a registrar's in the own ministry, the platform owner's all; each account reads its own
    "institutions:role_list": Row(own=all_of(OK, REGISTRAR, SUPERUSER)),
    "institutions:role": Row(ROLE, own=all_of(OK, REGISTRAR, SUPERUSER), foreign={SUPERUSER: OK}),
    "institutions:role_end": Row(ROLE, own=all_of(OK, REGISTRAR, SUPERUSER), foreign={SUPERUSER: OK}),
    "institutions:role_give": Row(ACCOUNT, own=all_of(OK, REGISTRAR, SUPERUSER), foreign={SUPERUSER: OK}),
    "institutions:account_find": Row(own=all_of(OK, REGISTRAR, SUPERUSER)),
    "institutions:account": Row(ACCOUNT, own={SUPERUSER: OK}, foreign={SUPERUSER: OK}, leaves=(AUDIT,)),
    "institutions:own_roles": account(),
    "institutions:setup": Row(own={SUPERUSER: OK}),
    "institutions:tree_file": Row(own={SUPERUSER: OK}),
    "institutions:tree_template": Row(own={SUPERUSER: OK}),
    "institutions:tree_workbook": Row(own={SUPERUSER: OK}),
    "institutions:tree": Row(own=all_of(OK, REGISTRAR, SUPERUSER)),
    "institutions:tree_institution": Row(
        {"code": "department.code"}, own=all_of(OK, REGISTRAR, SUPERUSER), foreign={SUPERUSER: OK}
    ),
    "institutions:tree_change": Row(
        {"code": "department.code", "change": "a_change"},
        own=all_of(OK, REGISTRAR, SUPERUSER),
        foreign={SUPERUSER: OK},
    ),
    "institutions:client_list": Row(own=all_of(OK, REGISTRAR, SUPERUSER)),
    "institutions:client_new": Row(own=all_of(OK, REGISTRAR, SUPERUSER)),
    "institutions:client_token": Row(CLIENT, own=all_of(OK, REGISTRAR, SUPERUSER), foreign={SUPERUSER: OK}),
    "institutions:client_requests": Row(CLIENT, own=all_of(OK, REGISTRAR, SUPERUSER), foreign={SUPERUSER: OK}),
    "institutions:client_renew": Row(CLIENT, own=all_of(OK, REGISTRAR, SUPERUSER), foreign={SUPERUSER: OK}),
    "institutions:client_revoke": Row(CLIENT, own=all_of(OK, REGISTRAR, SUPERUSER), foreign={SUPERUSER: OK}),
    "institutions:job": Row({"pk": "job.pk"}, own=all_of(OK, *ACCOUNTS), personal=True),
    "institutions:job_cancel": Row(
        {"pk": "job.pk"}, own=all_of(WRONG_METHOD, *ACCOUNTS), foreign=all_of(WRONG_METHOD, *ACCOUNTS)
    ),
    "institutions:job_resume": Row(
        {"pk": "job.pk"}, own=all_of(WRONG_METHOD, *ACCOUNTS), foreign=all_of(WRONG_METHOD, *ACCOUNTS)
    ),
    # Codes
    "conduct_codes:edition": public({"code": "code.slug", "number": "edition.number"}),
    "conduct_codes:edition_bytes": public({"code": "code.slug", "number": "edition.number", "language": "language"}),
    "conduct_codes:edition_print": public({"code": "code.slug", "number": "edition.number", "language": "language"}),
    "conduct_codes:edition_act": public({"code": "code.slug", "number": "edition.number"}),
    "conduct_codes:edition_revision_bytes": public(
        {"code": "code.slug", "number": "edition.number", "language": "language", "revision": "first"}
    ),
    "conduct_codes:register": public(),
    "conduct_codes:register_workbook": public(),
    "conduct_codes:compare_choose": public(),
    "conduct_codes:compare": public(
        {"code": "code.slug", "number": "edition.number", "other": "code.slug", "other_number": "edition.number"}
    ),
    "conduct_codes:since_signed": Row({"code": "code.slug"}, own={OFFICER: OK}, foreign={OFFICER: OK}),
    "conduct_codes:sign": Row({"pk": "request.pk"}, own={OFFICER: OK}),
    "conduct_codes:refuse": Row({"pk": "request.pk"}, own={OFFICER: REDIRECT}),
    "conduct_codes:refusal_list": Row(own=all_of(OK, *SEE_NAMES)),
    "conduct_codes:receipt": Row({"receipt": "receipt"}, own=all_of(OK, OFFICER, *SEE_NAMES)),
    "conduct_codes:receipt_file": Row({"receipt": "receipt"}, own=all_of(OK, OFFICER, *SEE_NAMES)),
    "conduct_codes:receipt_lookup": public(),
    "conduct_codes:receipt_check": public({"number": "receipt"}),
    "conduct_codes:review_list": Row(own={REVIEWER: OK}),
    "conduct_codes:review": Row({"pk": "waiting.pk"}, own={REVIEWER: OK}),
    "conduct_codes:text_list": Row(own={EDITOR: OK}),
    "conduct_codes:sign_figures": Row(own=all_of(OK, *SEE_TOTALS)),
    "conduct_codes:sign_figures_unit": Row({"unit": "school.code"}, own=all_of(OK, *SEE_TOTALS)),
    "conduct_codes:unsigned_list": Row(own=all_of(OK, *SEE_NAMES)),
    "conduct_codes:unsigned_message": Row(own=all_of(OK, *SEE_NAMES), leaves=(AUDIT,)),
    "conduct_codes:unsigned_sheet": Row(own=all_of(OK, *SEE_NAMES), leaves=(AUDIT,)),
    "conduct_codes:read_again": Row(own=all_of(OK, *SEE_NAMES)),
    "conduct_codes:paper_list": Row(own=all_of(OK, *SEE_NAMES)),
    "conduct_codes:paper_new": Row(own={HR: OK}),
    "conduct_codes:paper_print": Row(own={HR: REDIRECT}),
    "conduct_codes:paper_sheet": Row({"pk": "sheet.pk"}, own=all_of(OK, *SEE_NAMES)),
    "conduct_codes:paper_scan": Row({"pk": "sheet.pk"}, own=all_of(OK, *SEE_NAMES), leaves=(AUDIT,)),
    "conduct_codes:kiosk_list": Row(own={HR: OK}),
    "conduct_codes:kiosk_open": Row(own={HR: OK}),
    "conduct_codes:kiosk_close": Row({"pk": "kiosk.pk"}, own={HR: WRONG_METHOD}, foreign={HR: WRONG_METHOD}),
    "conduct_codes:pin_list": Row(own={HR: OK}),
    # On a shared device alone, which none of these viewers is at.
    "conduct_codes:kiosk": public(answer=NOT_FOUND),
    "conduct_codes:kiosk_read": public(answer=NOT_FOUND),
    "conduct_codes:kiosk_signed": public(answer=NOT_FOUND),
    "conduct_codes:kiosk_end": public(answer=NOT_FOUND),
    "conduct_codes:adoption_list": Row(own={ADOPTER: OK}),
    "conduct_codes:repeal": Row({"code": "code.slug"}, own={ADOPTER: OK}),
    "conduct_codes:adopt": Row({"revision": "revision.pk"}, own={ADOPTER: OK}),
    # Learning
    "courses:learning": Row(own={OFFICER: REDIRECT}),
    "courses:lesson": Row(ENROLMENT | {"slug": "lesson.slug"}, own={OFFICER: OK}),
    "courses:lesson_ticks": Row(
        ENROLMENT | {"slug": "lesson.slug"}, own={OFFICER: WRONG_METHOD}, foreign={OFFICER: WRONG_METHOD}
    ),
    "courses:take_first": Row(
        ENROLMENT | {"course": "enrolment.course.slug"}, own={OFFICER: WRONG_METHOD}, foreign={OFFICER: WRONG_METHOD}
    ),
    "courses:pack": public({"slug": "enrolment.course.slug"}),
    "courses:pack_with_questions": of_the_profession({"slug": "enrolment.course.slug"}, TRAINER),
    "courses:pack_key": replace(of_the_profession({"slug": "enrolment.course.slug"}, TRAINER), leaves=(AUDIT,)),
    "courses:own_transcript": Row(own={OFFICER: OK}),
    "courses:transcript": Row(PK, own=all_of(OK, *SEE_NAMES), leaves=(AUDIT,)),
    "courses:package": Row(ENROLMENT | {"slug": "lesson.slug"}, own={OFFICER: OK}, leaves=(PACKAGE_STATE,)),
    "courses:package_state": Row(
        ENROLMENT | {"slug": "lesson.slug"},
        own=all_of(WRONG_METHOD, OFFICER),
        foreign=all_of(WRONG_METHOD, OFFICER),
    ),
    # Opened by the signature in the address; without a good one it is there for nobody.
    "courses:package_file": public({"token": "kind", "path": "kind"}, answer=NOT_FOUND),
    "courses:offline": public(),
    "courses:offline_contact": Row(own={OFFICER: OK}),
    "courses:offline_copy": Row(ENROLMENT, own={OFFICER: OK}),
    "courses:offline_answers": Row(ENROLMENT, own={OFFICER: WRONG_METHOD}, foreign={OFFICER: WRONG_METHOD}),
    "courses:quiz": Row(ENROLMENT, own={OFFICER: OK}),
    "courses:quiz_question": Row(ENROLMENT | {"position": "first"}, own={OFFICER: OK}),
    "courses:quiz_check": Row(ENROLMENT, own={OFFICER: OK}),
    "courses:quiz_result": Row({"pk": "result.pk"}, own={OFFICER: OK}),
    "courses:tries": Row(own=all_of(OK, *SEE_NAMES, TRAINER)),
    "courses:override_new": Row(ENROLMENT, own=all_of(OK, *SEE_NAMES, TRAINER)),
    "courses:regrade_list": Row(own=all_of(OK, REGISTRAR, TRAINER)),
    "courses:regrade": Row(
        {"pk": "enrolment.course.quiz.pk"},
        own=all_of(OK, REGISTRAR, TRAINER),
        foreign=all_of(OK, REGISTRAR, TRAINER),
        shared=True,
    ),
    "courses:item_courses": Row(own=all_of(OK, *KEEP_QUESTIONS)),
    "courses:item_list": of_the_profession({"course": "bank.course.slug"}, *KEEP_QUESTIONS),
    "courses:item": of_the_profession({"course": "bank.course.slug", "pk": "question.pk"}, *KEEP_QUESTIONS),
    # Sessions and earlier learning
    "courses:session_list": Row(own=all_of(OK, *PLAN_SESSIONS)),
    "courses:session_new": Row(own=all_of(OK, *PLAN_SESSIONS)),
    "courses:session": Row(SESSION, own=all_of(OK, *PLAN_SESSIONS)),
    "courses:session_seats": Row(SESSION, own=all_of(OK, *PLAN_SESSIONS)),
    "courses:session_free": Row(SESSION | {"seat": "seat.pk"}, own=all_of(OK, *PLAN_SESSIONS)),
    "courses:session_cancel": Row(SESSION, own=all_of(OK, *PLAN_SESSIONS)),
    "courses:session_sheet": Row(SESSION, own=all_of(OK, *PLAN_SESSIONS)),
    "courses:session_roll": Row(SESSION, own=all_of(OK, *PLAN_SESSIONS)),
    "courses:session_roll_file": Row(SESSION, own=all_of(OK, *PLAN_SESSIONS)),
    "courses:session_roll_upload": Row(SESSION, own=all_of(OK, *PLAN_SESSIONS)),
    "courses:session_close": Row(SESSION, own=all_of(OK, *PLAN_SESSIONS)),
    "courses:session_scan": Row({"token": "seat.token"}, own=all_of(OK, *PLAN_SESSIONS)),
    "courses:prior_list": Row(own=all_of(OK, *PLAN_SESSIONS)),
    "courses:prior_new": Row(own=all_of(OK, *PLAN_SESSIONS)),
    "courses:prior": Row({"pk": "prior.pk"}, own=all_of(OK, *PLAN_SESSIONS)),
    "courses:prior_evidence": Row({"pk": "prior.pk"}, own=all_of(OK, *PLAN_SESSIONS)),
    # Standing
    "certification:training": Row(own={OFFICER: OK}),
    "certification:certificate_list": Row(own={OFFICER: OK}),
    "certification:certificate": Row({"serial": "certificate.serial"}, own=all_of(OK, OFFICER, *SEE_NAMES)),
    "certification:certificate_pdf": Row({"serial": "certificate.serial"}, own=all_of(OK, OFFICER, *SEE_NAMES)),
    "certification:verify_lookup": public(),
    "certification:verify": public({"code": "certificate.verification_code"}),
    "certification:coverage": Row(own=all_of(OK, *SEE_TOTALS)),
    "certification:coverage_institution": Row({"code": "school.code"}, own=all_of(OK, *SEE_TOTALS)),
    "certification:person_list": Row(own=all_of(OK, *SEE_NAMES)),
    "certification:person": Row(PK, own=all_of(OK, *SEE_NAMES), leaves=(AUDIT,)),
    "certification:person_timeline": Row(PK, own=all_of(OK, *SEE_NAMES), leaves=(AUDIT,)),
    "certification:person_exempt": Row(PK, own={REGISTRAR: OK}),
    "certification:proposed": Row(own={REGISTRAR: OK}),
    "certification:vacancy_list": Row(own=all_of(OK, *SEE_NAMES)),
    "certification:unit_todo": Row({"code": "school.code"}, own=all_of(OK, *SEE_NAMES)),
    "certification:todo": Row(own=all_of(OK, *SEE_NAMES)),
    # Discipline
    "discipline:case_list": Row(own={DISCIPLINE: OK}, leaves=(AUDIT,)),
    "discipline:case_new": Row(own={DISCIPLINE: OK}),
    "discipline:case_new_day": Row(PK, own={DISCIPLINE: OK}),
    "discipline:case_new_article": Row(PK, own={DISCIPLINE: OK}),
    "discipline:case_new_details": Row(PK, own={DISCIPLINE: OK}),
    "discipline:case_new_check": Row(PK, own={DISCIPLINE: OK}),
    "discipline:case": Row(CASE, own={DISCIPLINE: OK}, leaves=(AUDIT,)),
    "discipline:case_access": Row(CASE, own={DISCIPLINE: OK}, leaves=(AUDIT,)),
    "discipline:stage_new": Row(CASE, own={DISCIPLINE: REDIRECT}, leaves=(AUDIT,)),
    "discipline:stage": Row(CASE | {"kind": "next_step"}, own={DISCIPLINE: OK}, leaves=(AUDIT,)),
    "discipline:referral_new": Row(CASE, own={DISCIPLINE: OK}, leaves=(AUDIT,)),
    # Files that leave
    "exports:export_list": Row(own=all_of(OK, *SEE_TOTALS)),
    "exports:roster": Row(own=all_of(REDIRECT, *SEE_NAMES)),
    "exports:coverage": Row(own=all_of(OK, *SEE_TOTALS), leaves=(AUDIT, EXPORT)),
    "exports:signatures": Row(own=all_of(OK, *SEE_TOTALS), leaves=(AUDIT, EXPORT)),
    "exports:webhook_list": Row(own=all_of(OK, *KEEP_THE_TREE)),
    "exports:webhook_new": Row(own=all_of(OK, *KEEP_THE_TREE)),
    **{
        f"exports:webhook{act}": Row(WEBHOOK, own=all_of(OK, *KEEP_THE_TREE), foreign={SUPERUSER: OK})
        for act in ("", "_events", "_pause", "_resume", "_test", "_again", "_renew", "_secret", "_remove")
    },
    "exports:download": Row(
        {"pk": "export.pk"}, own=all_of(OK, HR, REGISTRAR, MONITOR), leaves=(AUDIT,), personal=True
    ),
}

TABLE |= ADMIN_TABLE

# Wagtail's own views: what they show of other sections is tested by test_admin_scope.py. Who has no role in the admin
# gets none of them, but for those that tell nothing.
WAGTAIL_ADMIN = (
    "wagtailadmin_",
    "wagtaildocs:",
    "wagtaildocs_chooser:",
    "wagtailembeds:",
    "wagtailimages",
    "wagtailsites:",
    "wagtailsnippets:",
    "wagtailusers_",
    "wagtail_bulk_action",
)
TELL_NOTHING = {"wagtailadmin_javascript_catalog", "wagtailadmin_sprite"}
