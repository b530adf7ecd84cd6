/* A confirmation: the digest that a preview shows and a real call repeats, so that nothing else is
 * run than what was read. It covers the plan, the statements as they are sent and the heads, and
 * the time in which it was given; whoever has the same files and the same database can check it, so
 * that it is good for every daemon. Pure. */
#pragma once

#include "revision/plan.h"

enum { CONFIRM_LENGTH = 64 }; /* hex digits */

/* What is going to be run, as a SHA-256; hex. Begin, add each step and its statements in order, and
 * end (which frees). */
GChecksum *confirm_begin(const Plan *plan);
void confirm_add_step(GChecksum *sum, const Revision *revision, const char *checksum);
void confirm_add_statement(GChecksum *sum, const char *sql);
char *confirm_end(GChecksum *sum);

/* The digest for `content` (confirm_end's) given at `now`, good until *expires_at, which is at most
 * `within` (all microseconds since 1970) away, and at least nine tenths of it. g_free. */
char *confirm_issue(const char *content, gint64 now, gint64 within, gint64 *expires_at);

typedef enum { CONFIRM_GOOD, CONFIRM_EXPIRED, CONFIRM_OTHER } ConfirmVerdict;

/* OTHER: it was given for something else, or so long ago (ten times `within`) that nobody looks. */
ConfirmVerdict confirm_check(const char *content, const char *digest, gint64 now, gint64 within);
