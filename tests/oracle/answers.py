"""What Alembic and pgsluice answer to a question about a graph."""

import io
import os
import subprocess
import warnings
from dataclasses import dataclass

from alembic import command, util
from alembic.config import Config
from alembic.runtime.migration import HeadMaintainer
from alembic.script import ScriptDirectory
from alembic.script.base import Script
from alembic.script.revision import RevisionError, RevisionMap

PLANS = ("upgrade", "downgrade")


@dataclass
class Answer:
    """`status` is "ok", "refused", or "died": Alembic ended in an error that it did not foresee."""

    status: str
    text: str  # what is printed; of a plan "REVISION HEADS" a line; why it was refused

    planned: tuple = ()  # the revisions of Alembic's plan, also when it then died of it

    @property
    def is_ok(self):
        return self.status == "ok"

    @property
    def steps(self):
        return [line.split(" ")[0] for line in self.text.splitlines()] if self.is_ok else None

    @property
    def rows(self):
        """The heads after each step."""
        rows = [line.split(" ")[1] for line in self.text.splitlines()]
        return [row.split(",") if row else [] for row in rows]

    @property
    def heads(self):
        """Of a stamp."""
        return self.text.split(",") if self.text else []

    @property
    def lines(self):
        return self.text.splitlines()

    def __str__(self):
        return self.text if self.is_ok else f"{self.status}: {self.text}"


# --- Alembic --------------------------------------------------------------------------------------
# What Alembic keeps in sets it walks through in another order each time. Here it is the order of the
# files, or of the alphabet, so that there is one answer.


def normalise_in_order(revision_map, revisions, map_):
    """_normalize_depends_on, with the dependencies in the order in which they are written."""
    for revision in revisions:
        kept = list(dict.fromkeys(revision._resolved_dependencies))
        for other in revision_map._get_ancestor_nodes(
            [revision], include_dependencies=False, map_=map_
        ):
            if other is not revision:
                kept = [id for id in kept if id not in (other._resolved_dependencies or ())]
        revision._normalized_resolved_dependencies = tuple(kept)


def order_sets(script):
    revisions = revisions_of(script)
    rank = {revision.revision: number for number, revision in enumerate(revisions)}
    for revision in revisions:
        revision.nextrev = tuple(sorted(revision.nextrev, key=rank.get))
        revision._all_nextrev = tuple(sorted(revision._all_nextrev, key=rank.get))
        revision.branch_labels = tuple(sorted(revision.branch_labels))


def revisions_of(script):
    """In the order of the files."""
    map_ = script.revision_map._revision_map
    return list(dict.fromkeys(revision for revision in map_.values() if revision is not None))


def current_in_order(script, heads):
    """get_all_current, oldest first."""
    found = original_get_all_current(script, heads)
    return [revision for revision in reversed(list(script.walk_revisions())) if revision in found]


class Anything:
    """Stands for the parts of a MigrationContext that talk to a database."""

    as_sql = True

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **options):
        return self


class Environment:
    """Instead of EnvironmentContext: the database is a set of heads."""

    state = ()
    running = None  # the one that is in use

    def __init__(self, config, script, fn, **options):
        self.fn = fn
        self.planned = ()
        self.plan = []
        self.heads = ()

    def __enter__(self):
        Environment.running = self
        return self

    def __exit__(self, *error):
        pass

    def run(self):
        maintainer = HeadMaintainer(Anything(), self.state)
        steps = self.fn(self.state, Anything())
        self.planned = tuple(step.revision.revision for step in steps if hasattr(step, "revision"))
        for step in steps:
            maintainer.update_to_step(step)
            self.plan.append((step, sorted(maintainer.heads)))
        self.heads = sorted(maintainer.heads)


Script._list_py_dir = classmethod(lambda cls, script, path: sorted(os.listdir(path)))
RevisionMap._normalize_depends_on = normalise_in_order
original_get_all_current = ScriptDirectory.get_all_current
ScriptDirectory.get_all_current = current_in_order
ScriptDirectory.run_env = lambda script: Environment.running.run()
command.EnvironmentContext = Environment
warnings.simplefilter("ignore")


class Output(io.StringIO):
    encoding = "utf-8"


class Alembic:
    def load(self, folder):
        """Whether the files are refused, and why."""
        location = f"{folder}/alembic"
        script = ScriptDirectory(location)
        self.config = Config()
        self.config.set_main_option("script_location", location)
        ScriptDirectory.from_config = classmethod(lambda cls, config: script)
        try:
            order_sets(script)
        except Exception as error:
            return Answer("refused", f"{type(error).__name__}: {error}")
        self.revisions = revisions_of(script)
        return Answer("ok", "")

    def ask(self, question):
        self.config.stdout = Output()
        Environment.state = question.state
        Environment.running = Environment(None, None, None)
        for revision in self.revisions:
            revision._db_current_indicator = None
        try:
            self.run(question)
        except (util.CommandError, RevisionError) as error:
            return Answer("refused", str(error))
        except Exception as error:
            return Answer("died", f"{type(error).__name__}: {error}", Environment.running.planned)
        return Answer("ok", self.text_of(question))

    def run(self, question):
        is_long = "v" in question.flags
        if question.verb == "stamp":
            command.stamp(self.config, list(question.words))
        elif question.verb == "history":
            command.history(self.config, question.words[0], is_long, "i" in question.flags)
        elif question.verb == "heads":
            command.heads(self.config, is_long, "d" in question.flags)
        elif question.verb in ("branches", "current"):
            getattr(command, question.verb)(self.config, is_long)
        else:
            getattr(command, question.verb)(self.config, question.words[0])

    def text_of(self, question):
        if question.verb in PLANS:
            return "".join(
                f"{step.revision.revision} {','.join(heads)}\n"
                for step, heads in Environment.running.plan
            )
        if question.verb == "stamp":
            return ",".join(Environment.running.heads)
        text = self.config.stdout.getvalue()
        if question.verb == "current" and "v" in question.flags:
            text = text.partition("\n")[2]  # "Current revision(s) for URL:"
        return text


# --- pgsluice -------------------------------------------------------------------------------------
class Pgsluice:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def exchange(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        status, length = self.process.stdout.readline().split()
        return Answer(status.decode(), self.process.stdout.read(int(length)).decode())

    def load(self, folder):
        self.folder = folder
        return self.exchange(f"graph\t{folder}/pgsluice")

    def ask(self, question):
        answer = self.exchange(question.line())
        if answer.is_ok and question.verb not in PLANS:  # the one thing that must differ
            answer.text = answer.text.replace(
                f"Path: {self.folder}/pgsluice/", f"Path: {self.folder}/alembic/versions/"
            ).replace("_x.sql\n", "_x.py\n")
        return answer

    def close(self):
        self.process.stdin.close()
        return self.process.wait()
