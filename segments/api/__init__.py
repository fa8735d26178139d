"""REST of segments: the segments themselves, their members, and questions to a filter."""

from segments.api import questions, segments

__all__ = ["questions", "segments"]
