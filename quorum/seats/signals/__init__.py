"""Small statistics over the types of a bundle: pure, standard library only.

Deliberately minimal: an error in code that two seats share makes both wrong at once. Therefore it
only holds what has one correct result: reading series, distributions, the graph.
"""
