"""Small statistics over the types of a bundle: pure, standard library only.

Kept thin on purpose. What two seats compute with the same code they can get wrong together, so
only what has one right answer is here: reading series, distributions, the graph.
"""
