"""A campaign in plain Python: one contact at a time, one token at a time. The tests' oracle."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

GRACE = timedelta(seconds=2)
UNITS = {"s": 1, "m": 60, "h": 3600}


def seconds(text: str) -> timedelta:
    return timedelta(seconds=int(text[:-1]) * UNITS[text[-1]])


@dataclass
class Token:
    node: str
    number: int
    arrived: datetime
    # By a goal, which others do not end.
    taken: bool = False


@dataclass
class Way:
    """One visit: its tokens, and what it has done by (node, pass)."""

    entered: datetime
    tokens: list[Token] = field(default_factory=list)
    done: dict[tuple[str, int], str] = field(default_factory=dict)
    points: int = 0


class Model:
    def __init__(self, graph: dict[str, Any], french: bool, within_pass: int = 100) -> None:
        self.nodes = {node["id"]: node for node in graph["nodes"]}
        self.edges = graph["edges"]
        self.french, self.within_pass = french, within_pass
        self.happened: list[tuple[datetime, str]] = []
        self.way: Way | None = None
        self.parked: set[tuple[str, int]] = set()

    def enter(self, now: datetime) -> None:
        self.way = Way(now)
        self._lead(Token("start", 1, now), "next", now)

    def happen(self, at: datetime, page: str, now: datetime) -> None:
        """Tell an event: whoever reaches a goal by it is taken there."""
        self.happened.append((at, page))
        for name, node in self.nodes.items():
            wanted = node["config"].get("where", {}).get("page", page)
            if node["kind"] == "goal" and wanted == page:
                self._take(name, at, now)

    def _take(self, goal: str, at: datetime, now: datetime) -> None:
        way = self.way
        if way is None or not way.tokens or at < way.entered:
            return
        reached = {node for node, _number in way.done} | {t.node for t in way.tokens if t.taken}
        if goal not in reached:
            number = max(token.number for token in way.tokens)
            way.tokens = [token for token in way.tokens if token.taken]
            way.tokens.append(Token(goal, number, now, taken=True))

    def settle(self, now: datetime) -> None:
        """Let every token go on that may, until none may."""
        moving = True
        while moving and self.way:
            moved = [self._try(token, now) for token in list(self.way.tokens)]
            moving = any(moved)

    def _try(self, token: Token, now: datetime) -> bool:
        assert self.way
        branch = self._branch(token, now)
        if branch is None or token not in self.way.tokens:
            return False
        self.way.tokens.remove(token)
        self.way.done[token.node, token.number] = branch
        node = self.nodes[token.node]
        if node["kind"] == "goal":
            branch = "next"
        if node["kind"] == "action":
            self.way.points += node["config"]["delta"]
        if node["kind"] == "exit":
            self.way.tokens.clear()
        elif node["kind"] == "jump":
            self._arrive(node["config"]["to"], token.number + 1, now)
        else:
            self._lead(token, branch, now)
        return True

    def _branch(self, token: Token, now: datetime) -> str | None:
        """Return the branch a token takes now, None if it has to wait."""
        node = self.nodes[token.node]
        config = node["config"]
        if node["kind"] == "condition":
            return "yes" if self.french else "no"
        if node["kind"] == "goal":
            return "yes"
        if node["kind"] == "wait":
            return "next" if now >= token.arrived + seconds(config["for"]) else None
        if node["kind"] == "decision":
            return self._decide(token, config, now)
        if node["kind"] == "jump" and token.number >= self.within_pass:
            self.parked.add((token.node, token.number))
            return None
        return "next"

    def _decide(self, token: Token, config: dict[str, Any], now: datetime) -> str | None:
        assert self.way
        since = self.way.entered if config.get("since") == "visit" else token.arrived
        limit = token.arrived + seconds(config["within"]) if "within" in config else None
        last = limit and limit.replace(microsecond=0) + timedelta(seconds=1)
        wanted = config.get("where", {}).get("page")
        for at, page in self.happened:
            if at >= since and (last is None or at < last) and wanted in (None, page):
                return "yes"
        return "no" if limit and now >= limit + GRACE else None

    def _lead(self, token: Token, branch: str, now: datetime) -> None:
        for edge in self.edges:
            if edge["from"] == token.node and edge["branch"] == branch:
                self._arrive(edge["to"], token.number, now)

    def _arrive(self, node: str, number: int, now: datetime) -> None:
        assert self.way
        there = {(token.node, token.number) for token in self.way.tokens} | set(self.way.done)
        if (node, number) not in there:
            self.way.tokens.append(Token(node, number, now))
