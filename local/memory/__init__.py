"""The memory's servers on the laptop: a real OpenSearch and a real embedding model, from packages.

Nothing here needs Docker, a Java installation or an account: the wheels bring Java, and Maven's
central repository has the rest.
"""
