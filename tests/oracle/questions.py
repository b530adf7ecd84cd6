"""Random questions about a graph: a state of the database and a command."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    verb: str
    state: tuple = ()
    words: tuple = ()
    flags: str = ""

    def line(self):
        """As tests/oracle/answer reads it."""
        state = ",".join(self.state)
        parts = {
            "history": [self.flags, state, *self.words],
            "heads": [self.flags],
            "branches": [self.flags],
            "current": [self.flags, state],
        }
        return "\t".join([self.verb, *parts.get(self.verb, [state, *self.words])])

    @staticmethod
    def parse(line):
        verb, *rest = line.split("\t")
        flags = rest.pop(0) if verb in ("history", "heads", "branches", "current") else ""
        state = rest.pop(0) if verb not in ("heads", "branches") else ""
        return Question(verb, tuple(state.split(",")) if state else (), tuple(rest), flags)

    def command(self):
        """As a person would type it."""
        long_flags = {"v": "-v", "i": "-i", "d": "--resolve-dependencies"}
        words = [self.verb, *(long_flags[flag] for flag in self.flags)]
        words += ["-r"] if self.verb == "history" else []
        return " ".join([*words, *self.words]) + f"    (database at {', '.join(self.state) or 'base'})"


class Questioner:
    def __init__(self, graph, rng):
        self.graph = graph
        self.rng = rng

    def chance(self, probability):
        return self.rng.random() < probability

    def state(self):
        rng, ids = self.rng, self.graph.ids
        if self.chance(0.15):
            return tuple(sorted(self.graph.tops(ids)))  # at all heads
        chosen = set(rng.sample(ids, min(len(ids), rng.choice([0, 1, 1, 1, 2, 2, 3]))))
        if not self.chance(0.03):  # else a table that was edited by hand
            chosen = set(self.graph.tops(chosen))
        if self.chance(0.02):
            chosen.add("deadbeef0000")
        return tuple(sorted(chosen))

    def name(self):
        rng = self.rng
        name = rng.choice(self.graph.ids + self.graph.labels)
        if self.chance(0.2):
            name = name[: rng.randint(1, len(name))]
        if self.chance(0.02):
            name = rng.choice(["nowhere", "zzzz", name + "x", name.upper()])
        return name

    def branch(self):
        return f"{self.name()}@" if self.chance(0.35) else ""

    def target(self, sign):
        rng = self.rng
        form = rng.random()
        if form < 0.25:
            return self.branch() + self.name()
        if form < 0.5:
            return (self.branch() or self.branch()) + rng.choice(["head", "heads", "heads", "base"])
        if form < 0.75:
            return self.branch() + sign + str(rng.choice([1, 1, 1, 2, 3, 9]))
        if form < 0.95:
            start = rng.choice([self.name(), self.name(), "head", "base"])
            return self.branch() + start + rng.choice("+-") + str(rng.choice([1, 1, 2, 3]))
        if form < 0.97:
            return self.branch() + rng.choice("+-") + str(rng.randint(1, 2))
        return rng.choice(["", "@head", "current", "current-1", self.name() + "@", "a:b", "+0", "-"])

    def targets(self):
        return tuple(self.target(self.rng.choice("+-")) for _ in range(self.rng.choice([1, 1, 1, 2])))

    def side(self, sign):
        rng = self.rng
        form = rng.random()
        if form < 0.15:
            return ""
        if form < 0.45:
            return self.name()
        if form < 0.65:
            return (self.branch() or self.branch()) + rng.choice(["head", "heads", "base"])
        if form < 0.8:
            return "current"
        if form < 0.95:
            return self.branch() + sign + str(rng.choice([1, 1, 2, 3, 20]))
        return self.target(sign)

    def range(self):
        if self.chance(0.1):
            return ":"
        if self.chance(0.02):
            return self.rng.choice(["head", "a:b:c", "-1", "::"])
        return f"{self.side('-')}:{self.side('+')}"

    def plans(self):
        for _ in range(11):
            yield Question("upgrade", self.state(), (self.target("+"),))
            yield Question("downgrade", self.state(), (self.target("-"),))
        for _ in range(7):
            yield Question("stamp", self.state(), self.targets())

    def printed(self):
        for flags in ("", "v", "d", "vd"):
            yield Question("heads", flags=flags)
        for flags in ("", "v"):
            yield Question("branches", flags=flags)
            yield Question("current", self.state(), flags=flags)
            yield Question("current", self.state(), flags=flags)
        for _ in range(12):
            flags = self.rng.choice(["", "", "v", "i", "vi"])
            yield Question("history", self.state(), (self.range(),), flags)
        for _ in range(7):
            yield Question("show", self.state(), (self.target(self.rng.choice("+-")),))
        yield Question("show", self.state(), ("current",))


def random_questions(graph, seed, number):
    questioner = Questioner(graph, random.Random(f"{seed}/{number}/questions"))
    yield from questioner.plans()
    yield from questioner.printed()
