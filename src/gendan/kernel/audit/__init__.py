"""Who did what, when, from where, with what effect, and who was told: the event log as auditors read it.

``queries`` asks it, ``views``, ``api`` and ``export`` are its doors, ``seals`` chains it, so that a change is found.
"""
