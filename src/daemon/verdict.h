/* What the daemon should do about the database as it stands. Pure: values in, a verdict out. */
#pragma once

#include "engine/status.h"

typedef struct {
    const char *required;   /* gate.required_revision; "head" or "heads" = all heads of the files */
    const char *directory;  /* of the files: for messages */
    gboolean is_controlled; /* may run what is pending */
    gboolean fails_when_pending; /* gate.on_pending = "fail" */
    gboolean may_migrate;        /* now: at boot and after a reload, and not again after a try */
    const char *failure;         /* what the last try met, or NULL */
    const char
        *drift; /* what is not as the last run left it, with gate.on_drift = "close"; or NULL */
} GatePolicy;

typedef enum {
    VERDICT_SERVE,   /* the required revision is applied */
    VERDICT_MIGRATE, /* run what is pending; `serves` says whether traffic may pass meanwhile */
    VERDICT_WAIT,    /* closed until somebody changes something */
    VERDICT_REFUSE,  /* the same, but the start should fail */
} VerdictKind;

typedef struct {
    VerdictKind kind;
    gboolean serves;
    char *reason;    /* a sentence for people */
    char **required; /* the revisions that must stay applied while it serves; NULL: not known */
} Verdict;

/* Never NULL; verdict_free. Borrows nothing of what it is given. */
Verdict *verdict_reach(const Graph *graph, const Status *status, const GatePolicy *policy);
void verdict_free(Verdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)
