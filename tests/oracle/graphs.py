"""Random revision graphs, as Alembic's files and as pgsluice's. Everything follows from the seed."""

import os
import random
from dataclasses import dataclass, field

DATE = "2026-01-01 00:00:00+00:00"


@dataclass
class Revision:
    id: str
    parents: list = field(default_factory=list)
    dependencies: list = field(default_factory=list)  # ids or labels, as written
    labels: list = field(default_factory=list)
    message: str = ""
    doc: str = ""

    def line(self):
        """As a line of tests/unit/revision/cases/graphs.txt."""
        parts = [f"r {self.id}"]
        for mark, names in (("<", self.parents), ("+", self.dependencies), ("#", self.labels)):
            if names:
                parts += [mark, *names]
        return " ".join(parts)


class Graph:
    def __init__(self, revisions):
        self.revisions = revisions
        self.by_id = {revision.id: revision for revision in revisions}
        self.label_owner = {
            label: revision.id for revision in revisions for label in revision.labels
        }

    @property
    def ids(self):
        return [revision.id for revision in self.revisions]

    @property
    def labels(self):
        return list(self.label_owner)

    def below(self, id, by_dependency=True):
        """What `id` needs, with itself."""
        found, todo = set(), [id]
        while todo:
            revision = self.by_id.get(todo.pop())
            if revision is None or revision.id in found:
                continue
            found.add(revision.id)
            todo += revision.parents
            if by_dependency:
                todo += [self.label_owner.get(name, name) for name in revision.dependencies]
        return found

    def tops(self, ids):
        """`ids` without those that another of them implies."""
        return sorted(
            id for id in ids if not any(id in self.below(other) for other in ids if other != id)
        )

    def overlaps(self, ids):
        return len(self.tops(set(ids))) < len(set(ids))

    def children(self, id):
        return [revision.id for revision in self.revisions if id in revision.parents]

    def heads(self):
        """In the order of the files."""
        ordered = sorted(self.revisions, key=file_stem)
        return [revision.id for revision in ordered if not self.children(revision.id)]

    def is_on_branch(self, id, branch):
        """On the line of `branch`, a label or an id, through Revises."""
        start = self.label_owner.get(branch, branch)
        return start in self.below(id, False) or id in self.below(start, False)

    def text(self):
        """In the order of the files."""
        return "\n".join(revision.line() for revision in sorted(self.revisions, key=file_stem))

    def write(self, folder):
        """FOLDER/alembic/versions/*.py and FOLDER/pgsluice/*.sql."""
        for revision in self.revisions:
            write(f"{folder}/alembic/versions/{file_stem(revision)}.py", python_text(revision))
            write(f"{folder}/pgsluice/{file_stem(revision)}.sql", sql_text(revision))


def file_stem(revision):
    return f"{revision.id}_x"


def write(path, text):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def python_text(revision):
    doc = f"{revision.doc}\n\n" if revision.doc else ""
    parents = revision.parents
    return f'''"""{revision.message}

{doc}Revision ID: {revision.id}
Revises: {", ".join(parents)}
Create Date: {DATE}

"""
revision = {revision.id!r}
down_revision = {(parents[0] if len(parents) == 1 else tuple(parents)) if parents else None!r}
branch_labels = {tuple(revision.labels) or None!r}
depends_on = {tuple(revision.dependencies) or None!r}


def upgrade():
    pass


def downgrade():
    pass
'''


def sql_text(revision):
    lines = [revision.message, ""] + (revision.doc.split("\n") + [""] if revision.doc else [])
    lines += [
        f"Revision ID: {revision.id}",
        f"Revises: {', '.join(revision.parents)}",
        f"Create Date: {DATE}",
        f"Branch Labels: {', '.join(revision.labels)}",
        f"Depends On: {', '.join(revision.dependencies)}",
    ]
    header = "".join(f"-- {line}".rstrip() + "\n" for line in lines)
    return f"{header}\n-- migrate:up\nSELECT 1;\n\n-- migrate:down\n-- nothing to undo\n"


class Generator:
    """One random graph."""

    def __init__(self, rng):
        self.rng = rng
        self.style = rng.choice(["hex", "hex", "prefix", "short", "numbers", "dotted"])
        self.fork = rng.choice([0.0, 0.2, 0.5])
        self.merge = rng.choice([0.0, 0.15, 0.3])
        self.base = rng.choice([0.0, 0.1, 0.3])
        self.depend = rng.choice([0.0, 0.15, 0.4])
        self.label = rng.choice([0.0, 0.15, 0.4])
        self.revisions = []

    def chance(self, probability):
        return self.rng.random() < probability

    def some_id(self):
        rng = self.rng
        if self.style == "prefix":  # many begin alike
            return rng.choice(["3f2a", "3f2a9", "ae10"]) + "".join(rng.choices("09af", k=3))
        if self.style == "short":
            return "".join(rng.choices("abc1", k=rng.randint(1, 4)))
        if self.style == "numbers":
            return f"{rng.randrange(40):04d}"
        if self.style == "dotted":
            return f"v{rng.randrange(4)}.{rng.randrange(10)}_{rng.randrange(10)}"
        return f"{rng.randrange(16**12):012x}"

    def new_id(self):
        taken = {revision.id for revision in self.revisions}
        while True:
            id = self.some_id()
            if id not in taken and not any(id in r.labels for r in self.revisions):
                return id

    def new_labels(self):
        labels = []
        while self.chance(self.label) and len(labels) < 2:
            number = len(self.revisions)
            labels.append(
                self.rng.choice([f"lab{number}", f"usage_{number}x{len(labels)}", f"3f2a_{number}"])
            )
            if self.chance(0.03):
                labels[-1] = f"feature-{number}"
        return list(dict.fromkeys(labels))

    def some_parents(self):
        ids = [revision.id for revision in self.revisions]
        if not ids or self.chance(self.base):
            return []
        if len(ids) > 1 and self.chance(self.merge):
            return self.rng.sample(ids, min(len(ids), self.rng.choice([2, 2, 2, 3])))
        return [self.rng.choice(ids) if self.chance(self.fork) else ids[-1]]

    def some_dependencies(self):
        names = [revision.id for revision in self.revisions]
        names += [label for revision in self.revisions for label in revision.labels]
        if not names or not self.chance(self.depend):
            return []
        return self.rng.sample(names, min(len(names), self.rng.choice([1, 1, 2])))

    def spoil(self):
        """Makes the files wrong in one of the ways in which files are."""
        victim, other = self.rng.choice(self.revisions), self.rng.choice(self.revisions)
        way = self.rng.choice(["missing", "cycle", "cycle", "dependency", "dependency", "label", "self"])
        if way == "missing":
            victim.parents = ["nowhere"]
        elif way == "cycle":
            victim.parents = list(dict.fromkeys(victim.parents + [other.id]))
        elif way == "dependency":
            victim.dependencies = list(dict.fromkeys(victim.dependencies + [other.id]))
        elif way == "label":
            victim.labels = victim.labels + [other.id]
        else:
            victim.parents = [victim.id]

    def graph(self):
        count = self.rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 40])
        for number in range(count):
            self.revisions.append(
                Revision(
                    self.new_id(),
                    self.some_parents(),
                    self.some_dependencies(),
                    self.new_labels(),
                    self.rng.choice([f"step {number}", f"größer als {number}", "add a 'table'"]),
                    self.rng.choice(["", "", "why it is so", "first line\nsecond line\n\nmore"]),
                )
            )
        if self.chance(0.1):
            self.spoil()
        return Graph(self.revisions)


def random_graph(seed, number):
    return Generator(random.Random(f"{seed}/{number}")).graph()
