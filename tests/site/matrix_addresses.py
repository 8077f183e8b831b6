"""What each address is about: a resource of the matrix, and whether it changes anything.

Left out are addresses that are the same for everybody, or for every account, for what is one's own or everybody's.
"""

from fnmatch import fnmatchcase

from institutions.matrix import Resource as R

READ, WRITE = False, True

# The first pattern that fits says it.
ADDRESSES = (
    ("institutions:correction_*", R.PEOPLE, WRITE),
    ("institutions:import*", R.PEOPLE, WRITE),
    ("institutions:people_export", R.PEOPLE, READ),
    ("institutions:transfer_*", R.PEOPLE, WRITE),
    ("institutions:duplicate_list", R.PEOPLE, READ),
    ("institutions:keep_apart", R.PEOPLE, WRITE),
    ("institutions:merge*", R.PEOPLE, WRITE),
    ("institutions:duty_give", R.PEOPLE, WRITE),
    ("institutions:duty_end", R.PEOPLE, WRITE),
    ("institutions:person_*", R.PEOPLE, WRITE),
    ("institutions:post_*", R.PEOPLE, WRITE),
    ("institutions:duty_*", R.PEOPLE, READ),
    ("institutions:end_reason", R.PEOPLE, WRITE),
    ("institutions:audit_list", R.AUDIT, READ),
    ("institutions:access_*", R.ACCOUNTS, WRITE),
    ("institutions:account_find", R.ROLES, READ),
    ("institutions:account*", R.ACCOUNTS, WRITE),
    ("institutions:role_give", R.ROLES, WRITE),
    ("institutions:role_end", R.ROLES, WRITE),
    ("institutions:role*", R.ROLES, READ),
    ("institutions:setup", R.FIRST_DAY, READ),
    ("institutions:tree_file", R.FIRST_DAY, WRITE),
    ("institutions:tree_template", R.FIRST_DAY, READ),
    ("institutions:tree_workbook", R.FIRST_DAY, READ),
    ("institutions:client_*", R.SYSTEMS, WRITE),
    ("exports:webhook*", R.SYSTEMS, WRITE),
    ("institutions:tree_change", R.TREE, WRITE),
    ("institutions:tree*", R.TREE, READ),
    ("conduct_codes:since_signed", R.SIGNATURES, READ),
    ("conduct_codes:sign_figures*", R.AGGREGATES, READ),
    ("conduct_codes:receipt*", R.SIGNATURES, READ),
    ("conduct_codes:refusal_list", R.SIGNATURES, READ),
    ("conduct_codes:unsigned_*", R.SIGNATURES, READ),
    ("conduct_codes:review*", R.REVIEW, WRITE),
    ("conduct_codes:text_list", R.WORDS, WRITE),
    ("conduct_codes:adopt*", R.ADOPTION, WRITE),
    ("conduct_codes:repeal", R.ADOPTION, WRITE),
    ("conduct_codes:*", R.SIGNATURES, WRITE),
    ("courses:pack_*", R.QUIZ_KEY, READ),
    ("courses:item*", R.ITEM_FIGURES, READ),
    ("courses:session*", R.SESSIONS, WRITE),
    ("courses:prior*", R.SESSIONS, WRITE),
    ("courses:*transcript", R.ATTEMPTS, READ),
    ("courses:*", R.ATTEMPTS, WRITE),
    ("certification:training", R.ATTEMPTS, READ),
    ("certification:certificate*", R.CERTIFICATES, READ),
    ("certification:coverage*", R.AGGREGATES, READ),
    ("certification:person_exempt", R.CERTIFICATES, WRITE),
    ("certification:proposed", R.CERTIFICATES, WRITE),
    ("certification:*", R.PEOPLE, READ),
    ("discipline:case_new", R.PEOPLE, READ),
    ("discipline:case_access", R.AUDIT, READ),
    ("discipline:*", R.CASES, WRITE),
    ("exports:*", R.EXPORTS, WRITE),
    *((f"{name}:{view}", R.REFERENCE, READ) for name in ("topics", "regimes") for view in ("index*", "inspect")),
    *((f"{name}:*", R.REFERENCE, WRITE) for name in ("topics", "regimes")),
    ("quizzes:*", R.QUIZ_KEY, WRITE),
    ("question_banks:*", R.QUIZ_KEY, WRITE),
    ("course_rules:*", R.WORDS, WRITE),
    ("code_articles:*", R.WORDS, WRITE),
    ("kept_courses:*", R.WORDS, WRITE),
    ("scorm_packages:*", R.WORDS, WRITE),
)
IN_THE_ADMIN = ("topics", "regimes", "quizzes", "question_banks", "course_rules")
IN_THE_ADMIN += ("code_articles", "kept_courses", "scorm_packages")

# Rights that no address of ours shows: read in public, held by Wagtail, or kept by the same page as a wider one.
WITHOUT_AN_ADDRESS = {R.CODES, R.ADOPTION}


def about(name):
    """The resource of an address and whether it changes anything; None where nobody has said."""
    for pattern, resource, writes in ADDRESSES:
        if fnmatchcase(name, pattern):
            return resource, writes
    return None
