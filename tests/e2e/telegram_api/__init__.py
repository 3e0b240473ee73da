"""A strict stand-in for the Bot API: a process of its own that speaks its HTTP and refuses what it refuses.

Every bot (token) is a world of its own, so that one process serves all tests. `control` is how a test plays
the people, sets the clock and makes faults; the rest is what the real service documents.
"""
