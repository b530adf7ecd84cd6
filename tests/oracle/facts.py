"""What a row of differences.ini may ask about a question and its two answers. The meaning of words is
written down here a second time, plainly and slowly, for what Alembic cannot be asked."""

import re

from questions import Question

RELATIVE = re.compile(r"(.*?)([+-]\d+)")


class Facts:
    def __init__(self, graph, question, alembic, pgsluice, ask_alembic):
        self.graph = graph
        self.question = question
        self.verb = question.verb
        self.state = list(question.state)
        self.word = question.words[0] if question.words else ""
        self.words = question.words
        self.alembic = alembic
        self.pgsluice = pgsluice
        self.ask_alembic = ask_alembic
        self.lower, _, self.upper = self.word.partition(":")
        self.branch, self.form = self.split(self.word)

    def __getitem__(self, name):
        """The names of a row's condition."""
        try:
            return getattr(self, name)
        except AttributeError:
            raise KeyError(name)

    @staticmethod
    def split(word):
        branch, at, form = word.partition("@")
        return (branch, form) if at else ("", word)

    # --- What words mean --------------------------------------------------------------------------
    def name(self, text, branch=""):
        """The id that a name or the unique beginning of one stands for, or None."""
        graph = self.graph
        if not text:
            return None
        if text in graph.by_id:
            return text
        if text in graph.label_owner:
            return graph.label_owner[text]
        names = [name for name in graph.ids + graph.labels if len(name) > 3]
        found = [graph.label_owner.get(name, name) for name in names if name.startswith(text)]
        if branch:
            found = [id for id in found if self.is_on(id, branch)]
        return found[0] if len(found) == 1 else None

    def is_on(self, id, branch):
        owner = self.name(branch)
        return owner is not None and self.graph.is_on_branch(id, owner)

    def relative(self, form):
        """(symbol, steps) of "+2", "head-1" and the like, or None; a name is a name."""
        match = RELATIVE.fullmatch(form)
        if form in self.graph.by_id or form in self.graph.label_owner or not match:
            return None
        return match[1], int(match[2])

    def walk(self, id, steps, branch="", stops=False):
        """From an id or "base" to another; None when it cannot, or could go several ways."""
        for _ in range(abs(steps)):
            if steps > 0:
                bases = [other.id for other in self.graph.revisions if not other.parents]
                next_ = bases if id == "base" else self.graph.children(id)
                next_ = [other for other in next_ if not branch or self.is_on(other, branch)]
            else:
                next_ = [] if id == "base" else self.graph.by_id[id].parents or ["base"]
            if not next_ and stops:
                return id
            if len(next_) != 1:
                return None
            id = next_[0]
        return id

    def starts(self, branch, state):
        """Where "+1" and "-1" count from: the heads on the branch, else the tips there."""
        found = [id for id in state if not branch or self.is_on(id, branch)]
        if branch and not found:
            applied = {id for head in state for id in self.graph.below(head)}
            applied = {id for id in applied if self.is_on(id, branch)}
            found = [id for id in applied if not applied.intersection(self.graph.children(id))]
        return found

    def absolute(self, form, branch, state):
        if form == "base":
            return []
        if form in ("head", "heads"):
            heads = self.graph.heads()
            if form == "heads" and not branch:
                return self.graph.tops(heads)
            heads = [id for id in heads if not branch or self.is_on(id, branch)]
            return heads if form == "heads" or len(heads) < 2 else None
        if form == "current":
            return [id for id in state if not branch or self.is_on(id, branch)]
        id = self.name(form, branch)
        return None if id is None or branch and not self.is_on(id, branch) else [id]

    def meaning(self, word, state=None, stops=False):
        """The ids that a word stands for; none of them: base. None: it must be refused."""
        state = self.state if state is None else state
        branch, form = self.split(word)
        if branch and self.name(branch) is None:
            return None
        relative = self.relative(form)
        if relative is None:
            return self.absolute(form, branch, state)
        symbol, steps = relative
        starts = self.absolute(symbol, branch, state) if symbol else self.starts(branch, state)
        if starts is None or len(starts) > 1 and not stops:
            return None
        starts = starts or (["base"] if symbol or steps > 0 or stops else [])
        found = [self.walk(id, steps, branch, stops) for id in starts]
        if not found or None in found:
            return None
        return [] if "base" in found else found

    # --- What a question is like ------------------------------------------------------------------
    @property
    def is_counted(self):
        """It counts, from whatever."""
        return self.relative(self.form) is not None

    @property
    def counts_somewhere(self):
        """One of the words counts, or says "current"."""
        forms = [self.split(word)[1] for word in self.words]
        return any(form.startswith("current") or self.relative(form) for form in forms)

    @property
    def is_nameless(self):
        """Nothing, or more than one, is called so: what stands before an "@"."""
        return any("@" in word and not self.name(self.split(word)[0]) for word in self.words)

    @property
    def is_unique_on_branch(self):
        """label@X, and X is the beginning of several names, but of one on the branch."""
        text = self.symbol or self.form
        return bool(self.branch) and self.name(text) is None and bool(self.name(text, self.branch))

    @property
    def is_off_branch(self):
        """label@X, and X is not on that branch."""
        ids = self.absolute(self.symbol or self.form, "", self.state) if self.branch else None
        return bool(ids) and not any(self.is_on(id, self.branch) for id in ids)

    @property
    def symbol(self):
        return self.relative(self.form)[0] if self.is_counted else ""

    @property
    def any_label_looks_relative(self):
        dashed = [label for label in self.graph.labels if "-" in label]
        return any(label[: label.index("-") + 1] in word for label in dashed for word in self.words)

    @property
    def has_cycle(self):
        """Someone needs what needs it."""
        graph = self.graph
        owner = graph.label_owner
        return any(
            revision.id in graph.below(owner.get(name, name))
            for revision in graph.revisions
            for name in revision.parents + revision.dependencies
        )

    @property
    def unknown_lines(self):
        return [f"{id} (unknown)" for id in self.state if id not in self.graph.by_id]

    @property
    def knows_not_all(self):
        return bool(self.unknown_lines)

    @property
    def counted_ends(self):
        """For each end of a range "+" or "-" when it counts from the other, else ""."""
        forms = [self.split(side)[1] for side in (self.lower, self.upper)]
        return [form[0] if form[:1] in ("+", "-") else "" for form in forms]

    @property
    def counts_from_names(self):
        forms = [self.split(side)[1] for side in (self.lower, self.upper)]
        return any(self.relative(form) and self.relative(form)[0] for form in forms)

    # --- What pgsluice must answer ----------------------------------------------------------------
    def alembic_with(self, word):
        """pgsluice answers what Alembic answers to the same question with another word, or both
        refuse. Heads that others imply do not count (see [implied row])."""
        other = self.ask_alembic(Question(self.verb, tuple(self.state), (word,), self.question.flags))
        if other.planned:  # and then it died of the plan
            return self.pgsluice.is_ok and list(other.planned) == self.pgsluice.steps
        if other.is_ok and self.pgsluice.is_ok:
            return other.text == self.pgsluice.text or (
                self.verb == "downgrade"
                and other.steps == self.pgsluice.steps
                and self.rows_are_tops_of(other)
            )
        return other.is_ok == self.pgsluice.is_ok

    @property
    def answers_absolute(self):
        """pgsluice answers what Alembic answers to the plain id that the word stands for."""
        ids = self.meaning(self.word)
        if ids is None:
            return not self.pgsluice.is_ok
        if self.verb == "downgrade" and len(ids) > 1:
            return not self.pgsluice.is_ok
        branch = f"{self.name(self.branch)}@" if self.verb == "downgrade" and self.branch else ""
        if len(ids) < 2:
            return self.alembic_with(branch + (ids[0] if ids else "base"))
        return self.verb == "upgrade" and self.steps_reach(ids)

    def rows_are_tops_of(self, alembic):
        """The same table after each step, but for rows that others imply: pgsluice has no more of them
        than the table had from the start."""
        return all(
            self.graph.tops(theirs) == self.graph.tops(ours)
            and set(ours) <= set(theirs)
            and set(ours) - set(self.graph.tops(ours)) <= set(self.state)
            for theirs, ours in zip(alembic.rows, self.pgsluice.rows)
        )

    def applied(self, state):
        return {id for head in state for id in self.graph.below(head)}

    def steps_reach(self, ids):
        """pgsluice's steps are what is missing, parents first, and each leaves the tops."""
        applied = self.applied(self.state)
        wanted = self.applied(ids) - applied
        for step, rows in zip(self.pgsluice.steps, self.pgsluice.rows):
            if not self.graph.below(step) - {step} <= applied:
                return False
            applied.add(step)
            if rows != self.graph.tops(applied):
                return False
        return wanted == set(self.pgsluice.steps)

    @property
    def stamps_all(self):
        """What is on the line of a target goes, the targets come, and only tops stay."""
        graph, rows, come = self.graph, set(self.state), set()
        for word in self.words:
            ids = self.meaning(word)
            if ids is None:
                return not self.pgsluice.is_ok
            branch = self.split(word)[0]
            lines = ids or ([self.name(branch)] if branch else [])
            rows = {
                row
                for row in rows
                if not any(row in graph.below(id) or id in graph.below(row) for id in lines)
            }
            rows = rows if lines else set()
            come.update(ids)
        return self.pgsluice.is_ok and self.pgsluice.heads == graph.tops(rows | come)

    @property
    def shows_below_heads(self):
        if self.is_nameless:
            return not self.pgsluice.is_ok
        heads = self.graph.heads()
        tops = [id for id in heads if self.is_on(id, self.branch)] if self.branch else self.graph.tops(heads)
        heads = [id for id in heads if id in tops]
        found = [self.walk(id, self.relative(self.form)[1]) for id in heads]
        if None in found:
            return not self.pgsluice.is_ok
        shown = re.findall(r"^Rev: (\S+)", self.pgsluice.text, re.M)
        return self.pgsluice.is_ok and shown == [id for id in dict.fromkeys(found) if id != "base"]

    def range_ends(self):
        lower, upper = self.lower or "base", self.upper or "heads"
        counted = [self.split(side)[1][:1] for side in (lower, upper)]
        if counted[0] == "+" or counted[1] == "-" or counted == ["-", "+"]:
            return None, None
        if counted[1] == "+":
            low = self.meaning(lower, stops=True)
            return low, None if low is None else self.on_branch_of_lower(self.meaning(upper, low, True))
        high = self.on_branch_of_lower(self.meaning(upper, stops=True))
        if high is None:
            return None, None
        return self.meaning(lower, high if counted[0] == "-" else None, stops=True), high

    def on_branch_of_lower(self, high):
        """LABEL@X below leaves above what carries the label, ID@X what is built on the id."""
        branch = self.split(self.lower)[0]
        if not high or not branch:
            return high
        if branch in self.graph.label_owner:
            return [id for id in high if self.carries(id, branch)]
        owner = self.name(branch)
        return None if owner is None else [id for id in high if owner in self.graph.below(id, False)]

    @property
    def selects_range(self):
        """pgsluice lists what the ends mean, children first."""
        low, high = self.range_ends()
        if low is None or high is None:
            return not self.pgsluice.is_ok
        needed = self.applied(high)
        if not set(low) <= needed:
            return not self.pgsluice.is_ok
        wanted = {
            id for id in needed if not low or self.graph.below(id, False).intersection(low)
        }
        listed = re.findall(r"^(?:Rev: |\S.* -> )(\S+?),?(?= |$)", self.pgsluice.text, re.M)
        in_order = not any(
            earlier in self.graph.below(later)
            for number, earlier in enumerate(listed)
            for later in listed[number + 1 :]
        )
        return self.pgsluice.is_ok and set(listed) == wanted and in_order

    def carries(self, id, label):
        """`history` prints the label behind the id."""
        line = self.ask_alembic(Question("show", (), (id,))).text
        names = re.search(r"^Branch names: (.*)$", line, re.M)
        return names is not None and label in names[1].split(", ")
