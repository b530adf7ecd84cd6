"""Says what the revisions of an Alembic project are, and what SQL they run.

pgsluice embeds this program and runs it with the project's own Python:

    python -c PROGRAM DESCRIPTOR INI [ALEMBIC-OPTION...]

It writes records to the open file DESCRIPTOR: key, NUL, value, NUL; src/adopt/records.h has the keys.
Each revision is rendered by itself, through the project's env.py in Alembic's offline mode, so that one
that fails does not stop the others. Nothing here connects to a database, or lets SQLAlchemy do so.
"""
import ast
import functools
import os
import re
import sys
import traceback

DOC_MAX = 16 * 1024  # characters of a docstring that go into a header
PYTHON_LINES_MAX = 400  # of a function that is shown because it could not be rendered
FINDINGS_MAX = 20  # a section


class Refusal(Exception):
    """The project as a whole cannot be exported; the second argument is a hint."""


def describe(error):
    lines = str(error).strip().splitlines()
    return "%s: %s" % (type(error).__name__, lines[0]) if lines else type(error).__name__


def comment(text):
    return "\n".join(("-- " + line).rstrip() for line in text.splitlines())


# --- What a person must look at -------------------------------------------------------------------


class Findings(ast.NodeVisitor):
    """What in upgrade() or downgrade() does not follow from the SQL that it renders: (line, text)."""

    BRANCHES = {
        ast.If: "'if' decides here what runs",
        ast.IfExp: "'if' decides here what runs",
        ast.For: "a 'for' loop decides here what runs",
        ast.While: "a 'while' loop decides here what runs",
        ast.Try: "'try' decides here what runs",
        ast.ListComp: "a comprehension decides here what runs",
        ast.GeneratorExp: "a comprehension decides here what runs",
        ast.FunctionDef: "a function is defined and may be called here",
        ast.Lambda: "a function is defined and may be called here",
    }
    CALLS = {
        "get_bind": "get_bind() answers nothing offline: what depends on the data is not rendered",
        "bulk_insert": "bulk_insert() has become INSERT statements",
        "batch_alter_table": "batch_alter_table() has become plain ALTER TABLE statements",
        "is_offline_mode": "is_offline_mode() is asked: online another path is taken",
        "get_x_argument": "the command line (-x) decides here what runs",
        "Session": "an ORM session has no database offline",
        "sessionmaker": "an ORM session has no database offline",
        "open": "a file is read here",
        "getenv": "the environment decides here what runs",
    }

    def __init__(self, strangers):
        self.strangers = strangers  # names whose calls nobody here knows
        self.found = []

    def add(self, node, text):
        if (node.lineno, text) not in self.found and len(self.found) < FINDINGS_MAX:
            self.found.append((node.lineno, text))

    def visit(self, node):
        text = self.BRANCHES.get(type(node))
        if text:
            self.add(node, text)
        super().visit(node)

    def visit_Call(self, node):
        self.look_at_call(node)
        self.generic_visit(node)

    def look_at_call(self, node):
        function = node.func
        name = getattr(function, "attr", getattr(function, "id", None))
        root = function
        while isinstance(root, (ast.Attribute, ast.Call)):
            root = root.value if isinstance(root, ast.Attribute) else root.func
        if name in ("create", "drop") and any(map(self.is_bind, node.args)):
            self.look_at_create(node)
        elif name == "get_bind" and getattr(node, "is_harmless", False):
            pass
        elif name in self.CALLS:
            self.add(node, self.CALLS[name])
        elif name == "get_context" and not self.is_autocommit(node):
            self.add(node, "get_context() answers differently online")
        elif isinstance(root, ast.Name) and root.id in self.strangers:
            self.add(node, "%s() is not Alembic's: look at what it does" % name)

    def look_at_create(self, node):
        """Enum(...).create(op.get_bind()): the bind is only where the statement goes."""
        for argument in filter(self.is_bind, node.args):
            argument.is_harmless = True
        for keyword in node.keywords:
            if keyword.arg == "checkfirst" and getattr(keyword.value, "value", None) is False:
                return
        self.add(node, "%s() is rendered without a look whether the thing is there" % node.func.attr)

    @staticmethod
    def is_bind(node):
        return isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "get_bind"

    @staticmethod
    def is_autocommit(node):
        return getattr(node, "is_autocommit", False)


class Source:
    """A revision file as text: its functions, and what must be looked at in them."""

    KNOWN = ("alembic", "sqlalchemy", "typing", "datetime", "uuid", "decimal", "textwrap")

    def __init__(self, path):
        with open(path, "rb") as file:
            text = file.read()
        tree = ast.parse(text, path)
        self.lines = text.decode("utf-8", "replace").splitlines()
        self.functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
        self.strangers = set(self.functions) | self.imports(tree)

    def imports(self, tree):
        names = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.split(".")[0] not in self.KNOWN:
                        names.add((alias.asname or alias.name).split(".")[0])
            elif isinstance(node, ast.ImportFrom):
                if node.level or (node.module or "").split(".")[0] not in self.KNOWN:
                    names.update(alias.asname or alias.name for alias in node.names)
        return names

    def body(self, name):
        """The statements of a function that do something; None when there is no such function."""
        function = self.functions.get(name)
        if function is None:
            return None
        return [statement for statement in function.body if not self.is_idle(statement)]

    @staticmethod
    def is_idle(statement):
        return (
            isinstance(statement, ast.Pass)
            or (isinstance(statement, ast.Return) and statement.value is None)
            or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        )

    def findings(self, name):
        visitor = Findings(self.strangers - {name})
        for statement in self.body(name) or []:
            for node in ast.walk(statement):
                if isinstance(node, ast.Attribute) and node.attr == "autocommit_block":
                    node.value.is_autocommit = True
            visitor.visit(statement)
        return sorted(visitor.found)

    def show(self, name):
        """The function's text, for a comment."""
        function = self.functions.get(name)
        if function is None:
            return ""
        lines = self.lines[function.lineno - 1 : function.end_lineno]
        if len(lines) > PYTHON_LINES_MAX:
            lines = lines[:PYTHON_LINES_MAX] + ["..."]
        return "\n".join("| " + line for line in lines)


# --- Rendering ------------------------------------------------------------------------------------


class Section:
    """What one function of a revision renders."""

    def __init__(self, path, source, name):
        self.path = path
        self.name = name
        self.findings = source.findings(name)
        self.is_idle = source.body(name) == []
        self.chunks = []
        self.statements = 0
        self.leaves_transaction = False
        self.marked = 0  # so many findings have their comment
        self.blocked = None  # why it cannot run as it is
        self.is_irreversible = False

    def line(self):
        """The line of upgrade() or downgrade() that is at work."""
        frame, line = sys._getframe(), None
        while frame:
            if frame.f_code.co_filename == self.path:
                line = frame.f_lineno
            frame = frame.f_back
        return line

    def mark(self, line):
        """Puts in the comments for what stands in the file up to `line` (None: all of it)."""
        while self.marked < len(self.findings):
            at, text = self.findings[self.marked]
            if line is not None and at > line:
                break
            self.chunks.append("-- import: %s line %d: %s" % (os.path.basename(self.path), at, text))
            self.marked += 1

    def add(self, text):
        text = text.strip()
        if not text:
            return
        self.mark(self.line())
        if re.fullmatch(r"(?i)(begin|commit|end|start)(\s+(work|transaction))?\s*;?", text):
            self.leave_transaction()
            return
        last = text.rsplit("\n", 1)[-1]
        if "--" in last:
            text += "\n;"
        elif not text.endswith(";"):
            text += ";"
        self.chunks.append(text)
        self.statements += 1

    def leave_transaction(self):
        self.leaves_transaction = True

    def text(self):
        self.mark(None)
        return "\n\n".join(self.chunks)


class Capture:
    """While it is entered, what the migration context would run or print goes into the section."""

    def __init__(self, context, section):
        self.impl = context.impl
        self.connection = context.connection
        self.section = section

    def __enter__(self):
        self.execute_mock = self.connection.execute
        self.connection.execute = self.execute_connection
        self.impl._exec = self.execute
        self.impl.static_output = self.section.add
        self.impl.emit_begin = self.impl.emit_commit = self.section.leave_transaction
        return self

    def __exit__(self, *unused):
        for name in ("_exec", "static_output", "emit_begin", "emit_commit"):
            delattr(self.impl, name)
        self.connection.execute = self.execute_mock

    def execute(self, construct, execution_options=None, multiparams=(), params=None):
        """As Alembic's own, but tabs stay, values are always written out, and ends are found."""
        from sqlalchemy import schema, text

        if multiparams or params:
            raise ValueError("parameters cannot be rendered offline")
        if isinstance(construct, str):
            construct = text(construct)
        require_values(construct)
        ddl = getattr(schema, "ExecutableDDLElement", None) or schema.DDLElement
        is_ddl = isinstance(construct, ddl)
        options = {} if is_ddl else {"compile_kwargs": {"literal_binds": True}}
        sql = str(construct.compile(dialect=self.impl.dialect, **options))
        self.section.add(indent_by_spaces(sql) if is_ddl else sql)

    def execute_connection(self, construct, *multiparams, execution_options=None, **params):
        """op.get_bind().execute(): Alembic drops the parameters; a lost value must not pass."""
        if any(multiparams) or any(params.values()):
            raise ValueError("parameters of execute() cannot be rendered offline")
        self.execute(construct)


def require_values(construct):
    """Online ":name" without a value is an error; rendered with literals it would be NULL."""
    binds = getattr(construct, "_bindparams", None) or {}
    missing = sorted(name for name, bind in binds.items() if bind.required)
    if missing:
        raise ValueError("no value for the parameter :%s" % ", :".join(missing))


def indent_by_spaces(sql):
    """SQLAlchemy indents by tabs and leaves blanks at line ends; text in quotes stays as it is."""
    if re.search(r"'[^']*\n[^']*'", sql):
        return sql
    return re.sub(r"[ \t]*\n\t", "\n    ", sql)


def prepare_dialect(dialect):
    """SQL for PostgreSQL, not for a driver: no doubled % and, strings being standard, no doubled \\."""
    dialect.paramstyle = "named"
    dialect.positional = False
    dialect.identifier_preparer = dialect.preparer(dialect)
    dialect._backslash_escapes = False


class Project:
    def __init__(self, config, script):
        self.config = config
        self.script = script
        self.sources = {}

    def run_env(self, function):
        """Runs env.py offline; `function` gets the migration context and returns the steps."""
        from alembic.runtime.environment import EnvironmentContext

        with EnvironmentContext(
            self.config,
            self.script,
            fn=lambda heads, context: function(context),
            as_sql=True,
            starting_rev=None,
            destination_rev="head",
            tag=None,
        ):
            self.script.run_env()

    def look(self):
        """What env.py configures: the one migration context."""
        contexts = []

        def keep(context):
            contexts.append(context)
            return []

        try:
            self.run_env(keep)
        except Exception as error:
            raise Refusal(
                "env.py does not run offline: %s" % describe(error),
                "this must work: alembic upgrade head --sql; set what env.py reads, SYNC_DATABASE_URL for example",
            ) from error
        if len(contexts) != 1:
            raise Refusal(
                "env.py runs migrations %s offline, not once" % (len(contexts) or "never"),
                "one version table and one run_migrations() can be imported",
            )
        if contexts[0].dialect.name != "postgresql":
            raise Refusal(
                "the project is for %s, not for PostgreSQL" % contexts[0].dialect.name,
                "set the URL that env.py takes in offline mode, SYNC_DATABASE_URL for example",
            )
        return contexts[0]

    def source(self, revision):
        if revision.revision not in self.sources:
            self.sources[revision.revision] = Source(revision.path)
        return self.sources[revision.revision]

    def render(self, revision, is_upgrade):
        name = "upgrade" if is_upgrade else "downgrade"
        source = self.source(revision)
        section = Section(revision.path, source, name)
        body = source.body(name)
        has_it = hasattr(revision.module, name)
        if not is_upgrade and (not has_it or (body and isinstance(body[0], ast.Raise))):
            section.is_irreversible = True
            return section
        try:
            self.run_env(lambda context: [lone_step(self.script, revision, is_upgrade, context, section)])
            if section.statements == 0 and not section.is_idle:
                section.blocked = "%s() renders no SQL though it is not empty" % name
        except NotImplementedError as error:
            section.is_irreversible = not is_upgrade
            section.blocked = self.complain(error, revision)
        except (Exception, SystemExit) as error:
            section.blocked = self.complain(error, revision)
        return section

    @staticmethod
    def complain(error, revision):
        line, trace = None, error.__traceback__
        while trace:
            if trace.tb_frame.f_code.co_filename == revision.path:
                line = trace.tb_lineno
            trace = trace.tb_next
        at = " line %d" % line if line else ""
        return "%s%s cannot be rendered offline: %s" % (os.path.basename(revision.path), at, describe(error))


def lone_step(script, revision, is_upgrade, context, section):
    """A step that runs one revision whatever the heads are."""
    from alembic.runtime.migration import RevisionStep

    class LoneStep(RevisionStep):
        def should_delete_branch(self, heads):
            return False

        def should_create_branch(self, heads):
            return True

    step = LoneStep(script.revision_map, revision, is_upgrade)
    migrate = step.migration_fn
    prepare_dialect(context.dialect)
    context.on_version_apply_callbacks = ()

    @functools.wraps(migrate)
    def captured(**options):
        with Capture(context, section):
            migrate(**options)

    step.migration_fn = captured
    return step


# --- Records --------------------------------------------------------------------------------------


class Records:
    def __init__(self, descriptor):
        self.file = os.fdopen(descriptor, "wb")

    def put(self, key, value=""):
        value = str(value).replace("\0", "\\0").encode("utf-8", "replace")
        self.file.write(key.encode() + b"\0" + value + b"\0")
        self.file.flush()

    def put_all(self, key, values):
        if isinstance(values, str):
            values = [values]
        elif isinstance(values, (set, frozenset)):
            values = sorted(values)
        for value in values or ():
            self.put(key, value)

    def put_section(self, source, section):
        name = "up" if section.name == "upgrade" else "down"
        if section.is_irreversible:
            return
        text = section.text()
        if section.blocked:
            python = source.show(section.name)
            parts = [comment("import: this Python stands for what is missing here:\n" + python)]
            if section.statements:
                parts.append("-- import: and this much of it could be rendered:")
            if text:
                parts.append(text)
            text = "\n\n".join(parts)
            self.put(name + ".blocked", section.blocked)
        elif section.is_idle and name == "down":
            text = "-- nothing to undo"
        self.put(name, text)
        for line, finding in section.findings:
            self.put("note", "%s, line %d: %s" % (name, line, finding))
        if section.leaves_transaction:
            self.put("none", name)

    def put_revision(self, project, revision):
        message, doc, date = split_doc(revision.longdoc)
        self.put("revision", revision.revision)
        self.put_all("parent", revision.down_revision)
        self.put_all("label", getattr(revision.module, "branch_labels", None))
        self.put_all("depends", getattr(revision.module, "depends_on", None))
        self.put("message", message)
        self.put("doc", doc)
        self.put("date", date)
        self.put("origin", os.path.basename(revision.path))
        for is_upgrade in (True, False):
            self.put_section(project.source(revision), project.render(revision, is_upgrade))


def split_doc(text):
    """(message, the rest, create date): the lines that Alembic's template writes are no prose."""
    lines, date = [], ""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip().lower() == "create date":
            date = value.strip()
        elif key.strip().lower() not in ("revision id", "revises", "branch labels", "depends on"):
            lines.append(line.strip())
    text = "\n".join(lines).strip()
    if len(text) > DOC_MAX:
        text = text[:DOC_MAX] + " ... (shortened)"
    message, _, doc = text.partition("\n")
    return message.strip(), doc.strip(), date


# --- The program ----------------------------------------------------------------------------------


def open_project(ini, options):
    from alembic.config import CommandLine, Config
    from alembic.script import ScriptDirectory

    # The options that env.py may look at are those of the command that prints SQL.
    parser = CommandLine(prog="alembic").parser
    chosen = parser.parse_args(["-c", ini] + options + ["upgrade", "head", "--sql"])
    config = Config(
        file_=chosen.config,
        ini_section=chosen.name,
        output_buffer=open(os.devnull, "w", encoding="utf-8"),
        cmd_opts=chosen,
    )
    return Project(config, ScriptDirectory.from_config(config))


def forbid_connections():
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "do_connect")
    def refuse(*unused):
        raise RuntimeError("an import does not connect to a database")


def export(records, ini, options):
    forbid_connections()
    project = open_project(ini, options)
    try:
        revisions = list(project.script.walk_revisions())
    except Exception as error:
        raise Refusal("the revisions cannot be read: %s" % describe(error), "alembic history") from error
    context = project.look()
    records.put("table", context.version_table)
    records.put("schema", context.version_table_schema or "")
    if context.on_version_apply_callbacks:
        records.put("left_out", "env.py: its on_version_apply callbacks, which run code after each revision")
    for revision in reversed(revisions):
        records.put_revision(project, revision)


def main():
    # The folder that alembic is called in is found last: it may have a folder of that name.
    sys.path[:] = [path for path in sys.path if path not in ("", os.getcwd())] + [os.getcwd()]
    records = Records(int(sys.argv[1]))
    try:
        export(records, sys.argv[2], sys.argv[3:])
        records.put("end")
    except Refusal as refusal:
        if refusal.__cause__:
            traceback.print_exception(None, refusal.__cause__, refusal.__cause__.__traceback__)
        records.put("refused", refusal.args[0])
        records.put("hint", refusal.args[1])
    except ImportError as error:
        records.put("refused", describe(error))
        records.put("hint", "name the alembic program of the project's own environment: --alembic PROGRAM")
    except Exception as error:
        traceback.print_exc()
        records.put("refused", describe(error))


main()
