"""The shape of a branching scenario: what an editor is told, and what is sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.scenario_rules import problems

SOUND = [("a", ["b", "c"]), ("b", ["a", "c"]), ("c", [])]


def names(nodes):
    return {name for _place, name, _key in problems(nodes)}


def test_story_that_goes_round_and_can_end_is_sound():
    assert problems(SOUND) == []


@pytest.mark.parametrize(
    ("nodes", "found"),
    [
        ([("a", ["b"]), ("b", []), ("b", [])], [(2, "twice", "b")]),
        ([("a", ["b", "x"]), ("b", [])], [(0, "nowhere", "x")]),
        ([("a", ["b"]), ("b", []), ("c", ["b"])], [(2, "unreached", "c")]),
        ([("a", ["b"]), ("b", ["a"])], [(0, "endless", "a"), (1, "endless", "b")]),
        ([("a", ["b", "c"]), ("b", ["b"]), ("c", [])], [(1, "endless", "b")]),
    ],
)
def test_each_fault_is_named_with_its_scene(nodes, found):
    assert problems(nodes) == found


keys = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True)


@given(keys, st.randoms(use_true_random=False))
def test_sound_scenario_lets_every_reader_arrive_somewhere(scenes, rng):
    nodes = [(key, rng.sample(scenes, rng.randint(0, min(2, len(scenes))))) for key in scenes]
    if problems(nodes):
        return
    ways, at = dict(nodes), nodes[0][0]
    for _step in range(2000):  # whoever chooses at random ends sooner or later
        if not ways[at]:
            break
        at = rng.choice(ways[at])
    assert ways[at] == []
