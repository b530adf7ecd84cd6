/* Walks through a statement's lexemes, line by line: the grammar has no place for comments. */
#include "sql/hints.h"

#include <string.h>

#include "sql/lexeme.h"

static const char key[] = "-- rename:";

typedef struct {
    GPtrArray *hints;
    char *schema;           /* as written, with its dot; "" without one */
    char *name;             /* of the object, as written; NULL: not seen yet */
    guint words;            /* seen before the name */
    gboolean is_named_here; /* the name, or a part of it, is on this line */
    gboolean has_dot;       /* the name goes on */
    char *first;            /* the first lexeme of this line; NULL: none yet */
} Walk;

static gboolean is_word(const char *lexeme)
{
    return g_ascii_isalpha(*lexeme) || *lexeme == '_' || *lexeme == '"' || (guchar)*lexeme > 127;
}

static gboolean is_one_of(const char *lexeme, const char *const *words)
{
    for (; *words; words++)
        if (g_ascii_strcasecmp(lexeme, *words) == 0)
            return TRUE;
    return FALSE;
}

/* CREATE ... TABLE IF NOT EXISTS: what may stand before the name. */
static gboolean is_preamble(const char *lexeme)
{
    static const char *const words[] = {
        "create",       "or",     "replace", "unlogged", "temp",     "temporary",
        "foreign",      "table",  "view",    "type",     "sequence", "recursive",
        "materialized", "domain", "if",      "not",      "exists",   NULL};

    return is_one_of(lexeme, words);
}

static gboolean is_ours(const Walk *walk)
{
    static const char *const words[] = {"create", NULL};

    return walk->words == 0 ? is_one_of(walk->first, words) : TRUE;
}

/* *FALSE: this is no statement that creates such a thing. */
static gboolean take_name(Walk *walk, const char *lexeme)
{
    if (walk->has_dot) {
        g_free(walk->schema);
        walk->schema = g_strconcat(walk->name, ".", NULL);
        g_free(walk->name);
        walk->name = g_strdup(lexeme);
        walk->has_dot = FALSE;
        return TRUE;
    }
    if (!is_word(lexeme) || !is_ours(walk))
        return FALSE;
    if (walk->words++ == 0 || is_preamble(lexeme))
        return TRUE;
    walk->name = g_strdup(lexeme);
    walk->is_named_here = TRUE;
    return TRUE;
}

static gboolean take_lexeme(Walk *walk, const char *lexeme)
{
    if (!walk->first)
        walk->first = g_strdup(lexeme);
    if (!walk->name || walk->has_dot)
        return take_name(walk, lexeme);
    if (*lexeme == '.' && walk->is_named_here && !*walk->schema)
        walk->has_dot = TRUE;
    return TRUE;
}

/* 'it''s' as the identifier "it's": a label is written like a name. */
static char *unquote_label(const char *label)
{
    GString *name;

    if (*label != '\'')
        return g_strdup(label);
    name = g_string_new("\"");
    for (const char *at = label + 1; *at && (at[0] != '\'' || at[1] == '\''); at++) {
        g_string_append_c(name, *at);
        if (*at == '"')
            g_string_append_c(name, '"');
        at += *at == '\'';
    }
    g_string_append_c(name, '"');
    return g_string_free(name, FALSE);
}

static void take_comment(Walk *walk, const char *comment)
{
    g_autofree char *text = NULL;
    g_autofree char *old = NULL;
    g_autofree char *new = NULL;

    if (!g_str_has_prefix(comment, key) || !walk->name || !walk->first)
        return;
    text = g_strstrip(g_strdup(comment + strlen(key)));
    if (!*text)
        return;
    old = unquote_label(text);
    new = unquote_label(walk->first);
    g_ptr_array_add(walk->hints,
                    walk->is_named_here
                        ? g_strdup_printf("%s%s=%s", walk->schema, old, walk->name)
                        : g_strdup_printf("%s%s.%s=%s", walk->schema, walk->name, old, new));
}

static void end_line(Walk *walk)
{
    g_clear_pointer(&walk->first, g_free);
    walk->is_named_here = FALSE;
}

/* Blanks and comments between two lexemes, which may go over several lines. */
static void take_blank(Walk *walk, const char *blank)
{
    g_auto(GStrv) lines = g_strsplit(blank, "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        if (i > 0)
            end_line(walk);
        take_comment(walk, g_strstrip(lines[i]));
    }
}

/* FALSE: nothing more can come of it. */
static gboolean step(Walk *walk, const char *lexeme)
{
    if (!g_ascii_isspace(*lexeme) && !g_str_has_prefix(lexeme, "--") &&
        !g_str_has_prefix(lexeme, "/*"))
        return take_lexeme(walk, lexeme);
    take_blank(walk, lexeme);
    return TRUE;
}

void statement_rename_hints(const char *sql, GPtrArray *hints)
{
    const char *end = sql + strlen(sql);
    Walk walk = {.hints = hints, .schema = g_strdup("")};

    if (strstr(sql, key)) {
        for (const char *at = sql, *next; at < end; at = next) {
            g_autofree char *lexeme = NULL;

            next = sql_skip_lexeme(at, end);
            lexeme = g_strndup(at, (gsize)(next - at));
            if (!step(&walk, lexeme))
                break;
        }
    }
    g_free(walk.schema);
    g_free(walk.name);
    g_free(walk.first);
}
