"""What the handler of tests took from the spool."""

from tracking import spool

taken: list[spool.Line] = []
