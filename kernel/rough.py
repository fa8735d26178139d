"""Numbers that are only believed: written as exactly as they may be taken."""

# What the planner believes of a filter was up to a fifth beside the truth.
DIGITS = 2


def rough(number: int, more_than: int = 0) -> int:
    """Round what is believed to its first two digits; up, where more are known of already."""
    step: int = 10 ** max(len(str(number)) - DIGITS, 0)
    rounded = (number + step // 2) // step * step
    return rounded if rounded > more_than else (more_than // step + 1) * step
