"""What comes back by mail, read without a database: bounces, complaints, replies.

`reading.read(raw)` is the door. Whatever a message holds, it is read in time linear in its size,
and of a large one the beginning alone.
"""
