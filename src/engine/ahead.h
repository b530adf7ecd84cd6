/* Questions that go out together with the try for the lock, so that a far server is asked once:
 * what whoever holds the lock wants to know next. An answer is used once, and only while the lock
 * is held; one that failed is as good as never asked, and the question is put again by itself. */
#pragma once

#include "engine/session.h"

typedef enum {
    AHEAD_PRESENCE, /* presence.sql, while a table is missing... */
    AHEAD_STATE,    /* ...else read_state.sql */
    AHEAD_PRIVILEGES,
    AHEAD_RECORDED_SERVER, /* with a state schema only */
    AHEAD_LEDGER_END,      /* the same */
    AHEAD_APPLIED,         /* the same; many rows, so only when the try succeeds */
    AHEAD_NAMESPACES,      /* where what a run has made is going to be recorded */
    AHEAD_IDENTITY,        /* last: a managed server refuses it */
    AHEAD_QUESTIONS,
} AheadQuestion;

/* One try for the lock with all questions behind it; *is_ours tells. The answers are kept only when
 * it is. */
gboolean ahead_try_lock(Session *session, gboolean *is_ours, GError **error);

/* The answer that came with the lock, else (`sql` is not NULL) that of `sql`, asked now. *result
 * stays NULL when there is neither. */
gboolean ahead_ask(Session *session, AheadQuestion question, const char *sql, Result **result,
                   GError **error);

/* Forgets what was not asked for. */
void ahead_clear(Session *session);
