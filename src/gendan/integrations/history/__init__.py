"""Order histories of other systems, read through a mapping file.

``mapping`` says what a file means, ``source`` opens it, ``values``, ``cells`` and ``codes`` convert what is
in it, ``parse`` turns rows into ``records``, ``group`` puts records together to orders, shipments and
receipts. None of these knows the database: only ``load`` does. See docs/decisions/0005-history-import.md.
"""
