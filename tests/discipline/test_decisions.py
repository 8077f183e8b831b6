"""What may be decided, when it is final, and what a final decision does to certificates."""

import datetime
from unittest import mock

import pytest

from discipline import actions
from discipline.actions import CaseRefused, add_stage, decide, finalise
from discipline.casefile import open_file
from discipline.models import Decision, Stage
from institutions.models import AuditEntry
from tests import factories

TODAY = factories.TODAY
AT = factories.moment()
DAY = datetime.timedelta(days=1)


def verbs(case):
    entries = AuditEntry.objects.filter(subject=f"case:{case.reference}").order_by("pk")
    return list(entries.values_list("verb", flat=True))


def own_measure(case, **facts):
    return case.article.measures.get(**facts)


# --- decisions --------------------------------------------------------------------------------------------------------


def heard(world, **facts):
    case = factories.make_case(world, **facts)
    factories.take_steps(case, "screening", "inquiry", "charges", "defence")
    return case


def test_stipulated_measure_is_decided_without_more_words(world):
    case = heard(world)
    decision = decide(
        case=case,
        outcome="measure",
        measure=own_measure(case, measure="reprimand"),
        on_day=TODAY,
        reason="x",
        at=AT,
        by=case.opened_by,
    )
    assert (decision.stage.number, decision.departure_reason) == (6, "")


def test_departure_from_the_article_needs_its_reason_in_writing(world):
    case = heard(world)
    factories.take_steps(case, "council", "opinion")
    facts = {"case": case, "outcome": "measure", "measure": own_measure(case, measure="dismissal")}
    facts |= {"on_day": TODAY, "reason": "x", "at": AT, "by": case.opened_by}
    with pytest.raises(CaseRefused) as refusal:
        decide(**facts)
    assert refusal.value.field == "departure_reason"
    assert not Decision.objects.exists()
    assert case.stages.count() == 7
    assert decide(**facts, departure_reason="Worse than minor").departure_reason == "Worse than minor"


def test_measure_that_needs_the_council_is_refused_without_its_opinion(world):
    case = heard(world)
    with pytest.raises(CaseRefused) as refusal:
        decide(
            case=case,
            outcome="measure",
            measure=own_measure(case, measure="dismissal"),
            departure_reason="x",
            on_day=TODAY,
            reason="x",
            at=AT,
            by=case.opened_by,
        )
    assert refusal.value.field == "measure"


def test_decision_comes_only_after_the_council_where_nothing_lighter_is_stipulated(world):
    case = heard(world, seriousness="grave")
    facts = {"case": case, "on_day": TODAY, "reason": "x", "at": AT, "by": case.opened_by}
    with pytest.raises(CaseRefused):
        decide(outcome="unfounded", **facts)
    factories.take_steps(case, "council", "opinion")
    assert decide(outcome="measure", measure=own_measure(case, measure="dismissal"), **facts)


def test_measure_of_another_edition_is_refused(world):
    case = heard(world)
    foreign = factories.make_edition(world["code"], day=TODAY - 3 * DAY).articles.get(number="2")
    with pytest.raises(CaseRefused) as refusal:
        decide(
            case=case,
            outcome="measure",
            measure=foreign.measures.get(measure="reprimand"),
            on_day=TODAY,
            reason="x",
            at=AT,
            by=case.opened_by,
        )
    assert refusal.value.field == "measure"


def test_nobody_is_found_in_breach_before_being_heard(world):
    case = factories.make_case(world)
    factories.take_steps(case, "screening")
    facts = {"case": case, "on_day": TODAY, "reason": "x", "at": AT, "by": case.opened_by}
    with pytest.raises(CaseRefused) as refusal:
        decide(outcome="measure", measure=own_measure(case, measure="reprimand"), **facts)
    assert refusal.value.field == "outcome"
    assert decide(outcome="unfounded", **facts).outcome == "unfounded"


# --- the end ----------------------------------------------------------------------------------------------------------


def decided(world, measure, person=None):
    seriousness = {"reprimand": "minor", "suspension": "serious", "dismissal": "grave"}[measure]
    case = heard(world, seriousness=seriousness, person=person)
    factories.take_steps(case, "council", "opinion")
    decide(
        case=case,
        outcome="measure",
        measure=own_measure(case, measure=measure),
        on_day=TODAY,
        reason="x",
        at=AT,
        by=case.opened_by,
    )
    factories.take_steps(case, "notified")
    return case


AFTER_TERM = TODAY + 31 * DAY


def make_final(case, day=AFTER_TERM, by=None):
    return finalise(case=case, on_day=day, reason="x", at=factories.moment(day), by=by or factories.make_user())


@pytest.fixture
def world_with_suspension(world):
    """The code's prohibition, with a measure for each seriousness, in force since long ago."""
    articles = {
        language: [
            *factories.default_articles(language)[:1],
            factories.article(
                2,
                "prohibition",
                language,
                topic="non-violence",
                measures=[
                    ("minor", "first", "reprimand"),
                    ("serious", "first", "suspension"),
                    ("grave", "first", "dismissal"),
                ],
            ),
            *factories.default_articles(language)[2:],
        ]
        for language in ("km", "en")
    }
    sector = factories.make_sector("health", name_latin="Health")
    code = factories.make_code(sector, world["ministry"])
    for language, blocks in articles.items():
        factories.make_code_page(code, language, blocks)
    world["edition"] = factories.make_edition(code)
    factories.make_requirement(code, [world["course"]], serial_prefix="HEA")
    nurse = factories.make_position(sector, "nurse")
    world["nurse"] = factories.make_post(
        institution=world["school"], position=nurse, starts_on=TODAY - 100 * DAY
    ).person
    return world


@pytest.mark.parametrize(
    ("measure", "events"), [("reprimand", []), ("suspension", ["suspended"]), ("dismissal", ["revoked"])]
)
def test_final_measure_takes_effect_on_the_certificate(world_with_suspension, measure, events):
    world = world_with_suspension
    certificate = factories.certify(world["nurse"], TODAY - 50 * DAY)
    case = decided(world, measure, world["nurse"])
    assert not certificate.events.exists()
    make_final(case)
    assert [event.kind for event in certificate.events.all()] == events
    assert case.reference not in "".join(event.reason for event in certificate.events.all())
    assert verbs(case).count("discipline.effect") == len(events)


def test_certificate_of_another_code_is_left_alone(world_with_suspension):
    world = world_with_suspension
    factories.make_post(person=world["nurse"], institution=world["school"], starts_on=TODAY - 100 * DAY)
    for _code in range(2):
        factories.certify(world["nurse"], TODAY - 50 * DAY)
    make_final(decided(world, "dismissal", world["nurse"]))
    kinds = {
        c.requirement.code.slug: list(c.events.values_list("kind", flat=True))
        for c in world["nurse"].certificates.all()
    }
    assert kinds == {"health": ["revoked"], "education": []}


def test_certificate_suspended_already_does_not_stop_the_end(world_with_suspension):
    world = world_with_suspension
    certificate = factories.certify(world["nurse"], TODAY - 50 * DAY)
    make_final(decided(world, "suspension", world["nurse"]))
    other = factories.make_case(
        world, person=world["nurse"], seriousness="serious", external_reference="2", day=AFTER_TERM
    )
    factories.take_steps(other, "screening", "inquiry", "charges", "defence", "council", "opinion", day=AFTER_TERM)
    decide(
        case=other,
        outcome="measure",
        measure=own_measure(other, measure="suspension"),
        on_day=AFTER_TERM,
        reason="x",
        at=factories.moment(AFTER_TERM),
        by=other.opened_by,
    )
    factories.take_steps(other, "notified", day=AFTER_TERM)
    assert make_final(other, AFTER_TERM + 31 * DAY).kind == "final"
    assert certificate.events.count() == 1


def test_person_without_certificate_is_no_obstacle(world_with_suspension):
    assert make_final(decided(world_with_suspension, "dismissal", world_with_suspension["nurse"])).kind == "final"


def test_nothing_is_final_while_an_appeal_may_come(world_with_suspension):
    case = decided(world_with_suspension, "dismissal", world_with_suspension["nurse"])
    with pytest.raises(CaseRefused) as refusal:
        make_final(case, AFTER_TERM - DAY)
    assert refusal.value.field == "on_day"


def test_appeal_after_its_term_is_refused(world_with_suspension):
    case = decided(world_with_suspension, "dismissal", world_with_suspension["nurse"])
    facts = {"case": case, "kind": "appeal", "reason": "x", "at": factories.moment(AFTER_TERM), "by": case.opened_by}
    with pytest.raises(CaseRefused) as refusal:
        add_stage(on_day=AFTER_TERM, **facts)
    assert refusal.value.field == "on_day"
    assert add_stage(on_day=AFTER_TERM - DAY, **facts)


def test_decision_after_an_appeal_stands_in_place_of_the_first(world_with_suspension):
    world = world_with_suspension
    certificate = factories.certify(world["nurse"], TODAY - 50 * DAY)
    case = decided(world, "dismissal", world["nurse"])
    factories.take_steps(case, "appeal")
    decide(case=case, outcome="unfounded", on_day=TODAY, reason="x", at=AT, by=case.opened_by)
    factories.take_steps(case, "notified")
    make_final(case, TODAY)
    assert open_file(case).standing == "unfounded"
    assert not certificate.events.exists()


def test_whoever_decided_does_not_make_a_measure_final(world_with_suspension):
    case = decided(world_with_suspension, "dismissal", world_with_suspension["nurse"])
    with pytest.raises(CaseRefused):
        make_final(case, by=case.opened_by)
    assert not Stage.objects.filter(kind="final").exists()


def test_one_officer_may_close_a_case_that_was_not_founded(world):
    case = factories.make_case(world)
    factories.take_steps(case, "screening")
    decide(case=case, outcome="unfounded", on_day=TODAY, reason="x", at=AT, by=case.opened_by)
    factories.take_steps(case, "notified")
    make_final(case, TODAY, by=case.opened_by)
    assert not open_file(case).next_kinds


def test_failed_effect_leaves_no_final_step(world_with_suspension):
    world = world_with_suspension
    factories.certify(world["nurse"], TODAY - 50 * DAY)
    case = decided(world, "dismissal", world["nurse"])
    with mock.patch.object(actions, "change_certificate", side_effect=RuntimeError), pytest.raises(RuntimeError):
        make_final(case)
    assert open_file(case).latest.kind == "notified"


def test_measure_is_executed_after_the_end(world_with_suspension):
    case = decided(world_with_suspension, "dismissal", world_with_suspension["nurse"])
    make_final(case)
    factories.take_steps(case, "executed", day=AFTER_TERM)
    assert not open_file(case).next_kinds
