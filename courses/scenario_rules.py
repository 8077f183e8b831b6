"""The shape of a branching scenario in a lesson: pure, so that the editor's page and a test ask the same thing."""


def problems(nodes):
    """What is wrong with [(key, [keys that its choices lead to])], as (place or None, name, fact); none if it is sound.

    The first node is where the story begins. Names: twice (a key stands twice), nowhere (a choice leads to a key that
    no node has), unreached (no way leads to the node), endless (from here no end can be reached).
    """
    found, seen = [], set()
    for place, (key, _ways) in enumerate(nodes):
        if key in seen:
            found.append((place, "twice", key))
        seen.add(key)
    for place, (_key, ways) in enumerate(nodes):
        found += [(place, "nowhere", way) for way in ways if way not in seen]
    if found or not nodes:
        return found
    onward = dict(nodes)
    reached = _closure([nodes[0][0]], onward)
    found += [(place, "unreached", key) for place, (key, _ways) in enumerate(nodes) if key not in reached]
    back = {key: [other for other, ways in nodes if key in ways] for key in onward}
    ending = _closure([key for key, ways in nodes if not ways], back)
    found += [(place, "endless", key) for place, (key, _ways) in enumerate(nodes) if key not in ending]
    return found


def _closure(start, ways):
    reached, to_do = set(), list(start)
    while to_do:
        key = to_do.pop()
        if key not in reached:
            reached.add(key)
            to_do += ways[key]
    return reached
