/* The table of verbs, expanded from verbs.def. */
#pragma once

#include "cli/cli.h"

/* Does the verb's work. `words` are the arguments after the verb as typed; a verb hands them to
 * options_parse first. TRUE: exit status 0. */
typedef gboolean (*VerbRun)(Cli *cli, const Verb *verb, const char *const *words, GError **error);

struct Verb {
    const char *name;
    const char *usage;
    int minimum;         /* operands */
    int maximum;         /* -1 = any number */
    const char *summary; /* NULL: not listed */
    VerbRun run;
};

#define VERB(name, usage, minimum, maximum, summary)                                               \
    gboolean verb_##name(Cli *cli, const Verb *verb, const char *const *words, GError **error);
#include "cli/verbs.def"
#undef VERB

/* All rows in the order of verbs.def; the last has a NULL name. */
extern const Verb verbs[];

/* ERROR_USAGE with the nearest verb as the hint when there is none of that name. */
const Verb *verb_find(const char *name, GError **error);

/* What the usage calls the operand at `position` (from 0), without brackets and dots: "TARGET",
 * "start|stop". NULL when the verb takes no such operand. g_free. */
char *verb_operand(const Verb *verb, guint position);
