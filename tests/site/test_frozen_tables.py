"""Every table that is only ever added to has its triggers once the database is migrated."""

import pytest

from institutions import frozen

ADDED_TO_ONLY = {
    "certification_certificate",
    "certification_certificateevent",
    "conduct_codes_article",
    "conduct_codes_articlemeasure",
    "conduct_codes_edition",
    "conduct_codes_editionact",
    "conduct_codes_editiontext",
    "conduct_codes_kiosk",
    "conduct_codes_paperclaim",
    "conduct_codes_paperdecision",
    "conduct_codes_papersheet",
    "conduct_codes_refusal",
    "conduct_codes_repeal",
    "conduct_codes_reviewdecision",
    "conduct_codes_signingpin",
    "conduct_codes_signoff",
    "courses_attemptmark",
    "courses_attemptoverride",
    "courses_lateanswer",
    "courses_priorlearning",
    "courses_priorlearningdecision",
    "courses_questionversion",
    "courses_rollentry",
    "discipline_decision",
    "discipline_referral",
    "discipline_stage",
    "institutions_auditentry",
    "institutions_treechange",
}


@pytest.mark.django_db
def test_no_trigger_is_missing_after_migrating():
    assert frozen.missing_triggers() == []
    assert sorted(ADDED_TO_ONLY - {table for table, _trigger in frozen.installed_triggers()}) == []
