/* pgsluice audit: the ledger, oldest row first; with --verify the proof that it is whole. */
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "cli/format.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/ledger.h"
#include "view/answer.h"
#include "view/document.h"

/* "24h" ago, or a date with or without a time (UTC where it does not say). RFC 3339; g_free. */
static char *parse_since(const char *text, GError **error)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *midnight = g_strconcat(text, "T00:00:00", NULL);
    g_autoptr(GDateTime) time = NULL;
    gint64 age;

    if (duration_parse(text, &age, NULL))
        return clock_format_rfc3339(clock_wall() - age);
    time = g_date_time_new_from_iso8601(strpbrk(text, "T ") ? text : midnight, utc);
    if (time)
        return g_date_time_format_iso8601(time);
    error_set(error, ERROR_USAGE, "--since: \"%s\" is neither a time nor a duration", text);
    error_set_hint(error, "write 2026-11-22, 2026-11-22T14:02:11Z or 24h");
    return NULL;
}

static void print_move(GString *line, const LedgerRow *row)
{
    g_autofree char *before = format_ids((const char *const *)row->heads_before, "<base>");
    g_autofree char *after = format_ids((const char *const *)row->heads_after, "<base>");

    if (g_str_equal(before, after))
        g_string_append_printf(line, ", at %s", after);
    else
        g_string_append_printf(line, ", %s -> %s", before, after);
}

static void print_row(const LedgerRow *row, gpointer data)
{
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_append_printf(line, "%s %s %s", row->id, row->at, row->event);
    if (row->revision)
        g_string_append_printf(line, " %s", *row->revision ? row->revision : "<base>");
    print_move(line, row);
    g_string_append_printf(line, ", by %s as role %s on %s", row->actor ? row->actor : "somebody",
                           row->role, row->host ? row->host : "an unknown host");
    if (row->peer)
        g_string_append_printf(line, ", asked from %s", row->peer);
    if (row->request_id)
        g_string_append_printf(line, " (request %s)", row->request_id);
    if (row->duration_us) {
        g_autofree char *took = duration_describe(g_ascii_strtoll(row->duration_us, NULL, 10));

        g_string_append_printf(line, ", %s", took);
    }
    if (row->reason)
        g_string_append_printf(line, "\n    reason: %s", row->reason);
    if (row->message)
        g_string_append_printf(line, "\n    %s%s%s", row->sqlstate ? row->sqlstate : "",
                               row->sqlstate ? ": " : "", row->message);
    terminal_print("%s\n", line->str);
}

static void print_document(const LedgerRow *row, gpointer data)
{
    gboolean *is_first = data;
    g_autofree char *document = ledger_row_document(row);

    terminal_print_document(*is_first ? "[" : ",");
    terminal_print_document(document);
    *is_first = FALSE;
}

static gboolean print_ledger(Cli *cli, const char *since, GError **error)
{
    Session *session = cli_session(cli, FALSE, error);
    gboolean is_first = TRUE;

    if (!session)
        return FALSE;
    if (!cli_options(cli)->wants_json)
        return ledger_read(session, since, print_row, NULL, error);
    if (!ledger_read(session, since, print_document, &is_first, error))
        return FALSE;
    terminal_print_document(is_first ? "[]\n" : "]\n");
    return TRUE;
}

static void print_intact(Cli *cli, const LedgerProof *proof)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    if (!cli_options(cli)->wants_json) {
        terminal_print("The ledger is whole: %" G_GINT64_FORMAT " rows, the last hash is %s\n",
                       proof->rows, *proof->hash ? proof->hash : "none");
        return;
    }
    answer_add_boolean(answer, "intact", TRUE);
    answer_add_number(answer, "rows", (int)proof->rows);
    answer_add_text(answer, "hash", *proof->hash ? proof->hash : NULL);
    document = answer_format(answer);
    terminal_print_document(document);
}

static gboolean require_intact(const LedgerProof *proof, GError **error)
{
    static const char *const stories[] = {
        [LEDGER_CHANGED] = "was changed after it was written: its hash is not that of its content",
        [LEDGER_MISSING] = "does not follow the row before it: rows between the two are gone",
        [LEDGER_UNLINKED] = "does not carry the hash of the row before it: one of the two was "
                            "written anew",
    };

    if (proof->problem == LEDGER_INTACT)
        return TRUE;
    error_set(error, ERROR_FINDINGS, "row %" G_GINT64_FORMAT " of the ledger %s", proof->row,
              stories[proof->problem]);
    error_set_hint(error, "what was written up to the row before is proved; compare the rest with "
                          "a backup");
    return FALSE;
}

static gboolean verify_ledger(Cli *cli, GError **error)
{
    Session *session = cli_session(cli, FALSE, error);
    LedgerProof proof;

    if (!session || !ledger_verify(session, &proof, error))
        return FALSE;
    if (!require_intact(&proof, error))
        return FALSE;
    print_intact(cli, &proof);
    return TRUE;
}

gboolean verb_audit(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_autofree char *since = NULL;
    gboolean verifies = FALSE;
    const GOptionEntry entries[] = {
        {"since", 0, 0, OPTION_TEXT, &since,
         "Only rows from then on: a date, a time, or how long ago", "WHEN"},
        {"verify", 0, 0, G_OPTION_ARG_NONE, &verifies,
         "Recompute the chain of hashes; exit status 1 when a row does not fit", NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_autofree char *from = NULL;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    if (verifies)
        return verify_ledger(cli, error);
    if (since && !(from = parse_since(since, error)))
        return FALSE;
    return print_ledger(cli, from, error);
}
