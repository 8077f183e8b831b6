"""What invented people answer to a drawn question of any type."""

from courses.answers import walk
from courses.question_types import Type


def wrong_answer(row, rng):
    """A plausible wrong answer to a drawn question of any type."""
    version, key = row.version, row.version.key
    others = [option_id for option_id in row.option_order if option_id not in key]
    if version.type in (Type.SINGLE, Type.TRUE_FALSE):
        return rng.choice(others)
    if version.type == Type.MULTIPLE:
        return [rng.choice(others)]
    if version.type == Type.ORDERING:
        return key[::-1]
    if version.type == Type.MATCHING:
        return dict(zip(key, [*list(key.values())[1:], next(iter(key.values()))], strict=True))
    if version.type == Type.SCENARIO:
        return _wrong_way(version)
    return str(rng.randint(30, 90)) if version.type == Type.NUMERIC else "–"


def _wrong_way(version):
    path, step = [], walk(version, [])[1]
    while step:
        path.append(next(option_id for option_id in reversed(step["options"]) if option_id not in version.key))
        step = walk(version, path)[1]
    return path
