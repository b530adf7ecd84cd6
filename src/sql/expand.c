/* Splits the masked text, and then puts each statement together from its pieces. Where a value goes
 * in as it is, what comes out is split and classified again. */
#include "sql/expand.h"

#include <string.h>

#include "base/quote.h"
#include "sql/datablock.h"
#include "sql/reference.h"

enum { GROWTH_MAX = 64 * 1024 * 1024 }; /* bytes that values may add to one text */

typedef struct {
    const PlaceText *text;
    const Variables *variables;
    const GArray *references;
    guint next;  /* of the references, the first that is not expanded */
    gsize grown; /* bytes of values so far */
} Expansion;

/* A statement in the making. */
typedef struct {
    GString *sql;
    GArray *pieces;
    gboolean ends_quoted; /* in the closing quote of a value */
    const Reference *raw; /* the first one, or NULL */
} Draft;

/* --- Values ----------------------------------------------------------------------------------- */

static char *name_of(const Expansion *expansion, const Reference *reference)
{
    return g_strndup(expansion->text->bytes + reference->name, reference->name_length);
}

static void refuse_unset(const Expansion *expansion, const Reference *reference, GError **error)
{
    g_autofree char *name = name_of(expansion, reference);
    const char *near = variables_nearest(expansion->variables, name);

    place_error(error, expansion->text, reference->start, "variable %s is not set", name);
    if (near)
        error_set_hint(error,
                       "did you mean %s? Else set it: -x %s=VALUE, or variables.%s in "
                       "pgsluice.conf",
                       near, name, name);
    else
        error_set_hint(error, "set it: -x %s=VALUE, or variables.%s in pgsluice.conf", name, name);
}

static char *quote_identifier(const Expansion *expansion, const Reference *reference,
                              const char *value, GError **error)
{
    g_autofree char *name = name_of(expansion, reference);

    if (*value && strlen(value) <= SQL_IDENTIFIER_MAX)
        return sql_quote_identifier(value);
    place_error(error, expansion->text, reference->start,
                *value ? "the value of variable %s is longer than an identifier can be"
                       : "the value of variable %s is empty, which no identifier can be",
                name);
    error_set_hint(error, "an identifier has 1 to %d bytes", SQL_IDENTIFIER_MAX);
    return NULL;
}

/* The value in the form that the reference asks for; g_free. */
static char *value_of(Expansion *expansion, const Reference *reference, GError **error)
{
    const char *value = variables_get(
        expansion->variables, expansion->text->bytes + reference->name, reference->name_length);

    if (!value) {
        refuse_unset(expansion, reference, error);
        return NULL;
    }
    expansion->grown += strlen(value);
    if (expansion->grown > GROWTH_MAX) {
        place_error(error, expansion->text, reference->start,
                    "the values of variables add more than %d MiB", GROWTH_MAX / 1024 / 1024);
        error_set_hint(error, "refer to long values less often");
        return NULL;
    }
    if (reference->kind == REFERENCE_RAW)
        return g_strdup(value);
    return reference->kind == REFERENCE_LITERAL
               ? sql_quote_literal(value)
               : quote_identifier(expansion, reference, value, error);
}

/* --- One statement ---------------------------------------------------------------------------- */

static gboolean is_quote(char c)
{
    return c == '\'' || c == '"';
}

/* Whether a quote would belong to what the draft ends with: E, U&, another literal. */
static gboolean takes_quote(const Draft *draft)
{
    guchar last = draft->sql->len ? (guchar)draft->sql->str[draft->sql->len - 1] : ' ';

    return g_ascii_isalnum(last) || last >= 0x80 || strchr("_$&'\"", last);
}

/* A quoted value stays a token of its own: a blank keeps the quotes of its neighbours off. */
static void append(Draft *draft, const char *bytes, gsize length, Piece piece, gboolean is_quoted)
{
    if (length == 0)
        return;
    if (is_quote(*bytes) && (is_quoted ? takes_quote(draft) : draft->ends_quoted))
        g_string_append_c(draft->sql, ' ');
    piece.at = draft->sql->len;
    g_array_append_val(draft->pieces, piece);
    g_string_append_len(draft->sql, bytes, (gssize)length);
    draft->ends_quoted = is_quoted;
}

static void append_text(const Expansion *expansion, gsize start, gsize end, Draft *draft)
{
    append(draft, expansion->text->bytes + start, end - start, (Piece){.offset = start}, FALSE);
}

static gboolean append_reference(Expansion *expansion, const Reference *reference, Draft *draft,
                                 GError **error)
{
    g_autofree char *value = value_of(expansion, reference, error);

    if (!value)
        return FALSE;
    append(draft, value, strlen(value), (Piece){.offset = reference->start, .is_value = TRUE},
           reference->kind != REFERENCE_RAW);
    if (reference->kind == REFERENCE_RAW && !draft->raw)
        draft->raw = reference;
    return TRUE;
}

/* Makes the draft of what stands between two offsets of the text. */
static gboolean append_range(Expansion *expansion, gsize start, gsize end, Draft *draft,
                             GError **error)
{
    const GArray *references = expansion->references;

    for (; expansion->next < references->len; expansion->next++) {
        const Reference *reference = &g_array_index(references, Reference, expansion->next);

        if (reference->start >= end)
            break;
        append_text(expansion, start, reference->start, draft);
        if (!append_reference(expansion, reference, draft, error))
            return FALSE;
        start = reference->end;
    }
    append_text(expansion, start, end, draft);
    return TRUE;
}

/* Drops the first bytes of the draft, which are blank to the server. */
static void drop_start(Draft *draft, gsize length)
{
    g_string_erase(draft->sql, 0, (gssize)length);
    for (guint i = 0; i < draft->pieces->len; i++) {
        Piece *piece = &g_array_index(draft->pieces, Piece, i);

        if (piece->at >= length) {
            piece->at -= length;
        } else {
            piece->offset += piece->is_value ? 0 : length - piece->at;
            piece->at = 0;
        }
    }
}

static gboolean refuse_raw(const Expansion *expansion, const Draft *draft, gboolean is_sql,
                           GError **error)
{
    g_autofree char *name = name_of(expansion, draft->raw);

    place_error(error, expansion->text, draft->raw->start,
                is_sql ? "with the value of variable %s this is more than one statement"
                       : "with the value of variable %s this cannot be split into statements",
                name);
    error_set_hint(error, "a raw value may be a part of a statement, or one without its semicolon; "
                          "it closes the quotes and comments that it opens");
    return FALSE;
}

/* A value that went in as it is may have made anything of the statement. *is_there: something. */
static gboolean judge_raw(const Expansion *expansion, Draft *draft, StatementKind *kind,
                          gboolean *is_there, GError **error)
{
    const PlaceText text = {NULL, draft->sql->str, draft->sql->len, 1};
    g_autoptr(GArray) no_blocks = g_array_new(FALSE, FALSE, sizeof(DataBlock));
    g_autoptr(GPtrArray) found = sql_split_blanked(&text, no_blocks, NULL);
    const Statement *only;

    if (!found || found->len > 1)
        return refuse_raw(expansion, draft, found != NULL, error);
    *is_there = found->len == 1;
    if (!*is_there)
        return TRUE;
    only = g_ptr_array_index(found, 0);
    *kind = only->kind;
    g_string_truncate(draft->sql, only->offset + only->length);
    drop_start(draft, only->offset);
    return TRUE;
}

static gboolean has_reference(const Expansion *expansion, const Statement *statement)
{
    return expansion->next < expansion->references->len &&
           g_array_index(expansion->references, Reference, expansion->next).start <
               statement->offset + statement->length;
}

static gboolean expand_statement(Expansion *expansion, Statement *statement, gboolean *is_there,
                                 GError **error)
{
    g_autoptr(GString) sql = NULL;
    g_autoptr(GArray) pieces = NULL;
    Draft draft = {0};

    *is_there = TRUE;
    if (!has_reference(expansion, statement))
        return TRUE;
    draft.sql = sql = g_string_sized_new(statement->length);
    draft.pieces = pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    if (!append_range(expansion, statement->offset, statement->offset + statement->length, &draft,
                      error) ||
        (draft.raw && !judge_raw(expansion, &draft, &statement->kind, is_there, error)))
        return FALSE;
    g_free(statement->sql);
    statement->sql = g_string_free(g_steal_pointer(&sql), FALSE);
    statement->pieces = g_steal_pointer(&pieces);
    return TRUE;
}

/* --- All of them ------------------------------------------------------------------------------ */

static gboolean expand_all(Expansion *expansion, GPtrArray *statements, GError **error)
{
    guint kept = 0;

    for (guint i = 0; i < statements->len; i++) {
        gpointer statement = statements->pdata[i];
        gboolean is_there;

        if (!expand_statement(expansion, statement, &is_there, error))
            return FALSE;
        statements->pdata[i] = statements->pdata[kept];
        statements->pdata[kept] = statement;
        kept += is_there;
    }
    g_ptr_array_set_size(statements, (gint)kept);
    return TRUE;
}

/* The SQL of a text: without the rows in it, and with a mask over the references. */
typedef struct {
    PlaceText place; /* the text, its rows blanked */
    char *blank;     /* or NULL */
    char *masked;
    GArray *blocks;
    GArray *references;
} Reading;

static void reading_clear(Reading *reading)
{
    g_free(reading->blank);
    g_free(reading->masked);
    g_clear_pointer(&reading->blocks, g_array_unref);
    g_clear_pointer(&reading->references, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static GPtrArray *read_masked(const char *text, const char *path, unsigned first_line,
                              Reading *reading, GError **error)
{
    PlaceText masked = {path, text, strlen(text), first_line, text};

    reading->place = masked;
    reading->blocks = data_blocks_find(&masked, error);
    if (!reading->blocks)
        return NULL;
    if (reading->blocks->len > 0)
        reading->place.bytes = reading->blank = data_blocks_blank(&masked, reading->blocks);
    reading->references = references_find(&reading->place, error);
    if (!reading->references)
        return NULL;
    masked.bytes = reading->masked = references_mask(&reading->place, reading->references);
    return sql_split_blanked(&masked, reading->blocks, error);
}

GPtrArray *sql_split_expanded(const char *text, const char *path, unsigned first_line,
                              const Variables *variables, GError **error)
{
    g_auto(Reading) reading = {0};
    g_autoptr(GPtrArray) statements = NULL;
    Expansion expansion = {&reading.place, variables, NULL, 0, 0};

    if (!strstr(text, ":{"))
        return sql_split(text, path, first_line, error);
    statements = read_masked(text, path, first_line, &reading, error);
    expansion.references = reading.references;
    if (!statements || !expand_all(&expansion, statements, error))
        return NULL;
    return g_steal_pointer(&statements);
}

GPtrArray *sql_split_masked(const char *text, const char *path, unsigned first_line, GError **error)
{
    g_auto(Reading) reading = {0};

    return read_masked(text, path, first_line, &reading, error);
}
