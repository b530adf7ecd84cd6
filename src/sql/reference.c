/* Looks for a colon with a brace behind it among the scanner's tokens. Values are expand.c's. */
#include "sql/reference.h"

#include <pg_query/pg_query.pb-c.h>
#include <string.h>

#include "base/variables.h"
#include "sql/scan.h"

/* In the order of ReferenceKind. The name stands between. */
static const struct {
    const char *open;
    const char *close;
} forms[] = {{":{", "}"}, {":{\"", "\"}"}, {":{", ":raw}"}};

static gboolean read_form(const PlaceText *text, ReferenceKind kind, Reference *reference)
{
    const char *at = text->bytes + reference->start;
    const char *name = at + strlen(forms[kind].open);
    gsize length;

    if (!g_str_has_prefix(at, forms[kind].open))
        return FALSE;
    length = variable_name_length(name);
    if (length == 0 || !g_str_has_prefix(name + length, forms[kind].close))
        return FALSE;
    reference->kind = kind;
    reference->name = (gsize)(name - text->bytes);
    reference->name_length = length;
    reference->end = reference->name + length + strlen(forms[kind].close);
    return TRUE;
}

static gboolean read_reference(const PlaceText *text, gsize start, Reference *reference,
                               GError **error)
{
    reference->start = start;
    for (guint kind = 0; kind < G_N_ELEMENTS(forms); kind++) {
        if (read_form(text, (ReferenceKind)kind, reference))
            return TRUE;
    }
    place_error(error, text, start, "malformed reference to a variable");
    error_set_hint(error, "write :{name} for its value as a literal, :{\"name\"} as an identifier, "
                          ":{name:raw} as it is; a name is letters, digits and underscores");
    return FALSE;
}

GArray *references_find(const PlaceText *text, GError **error)
{
    g_autoptr(GArray) references = g_array_new(FALSE, FALSE, sizeof(Reference));
    g_autoptr(GArray) tokens = sql_scan(text, error);
    Reference reference = {0};

    if (!tokens)
        return NULL;
    for (guint i = 0; i < tokens->len; i++) {
        const Token *token = &g_array_index(tokens, Token, i);

        if (token->start < reference.end || token->kind != PG_QUERY__TOKEN__ASCII_58 ||
            text->bytes[token->end] != '{')
            continue;
        if (!read_reference(text, token->start, &reference, error))
            return NULL;
        g_array_append_val(references, reference);
    }
    return g_steal_pointer(&references);
}

char *references_mask(const PlaceText *text, const GArray *references)
{
    static const char quotes[] = {'\'', '"', 'x'};
    char *masked = g_strndup(text->bytes, text->length);

    for (guint i = 0; i < references->len; i++) {
        const Reference *reference = &g_array_index(references, Reference, i);

        memset(masked + reference->start, 'x', reference->end - reference->start);
        masked[reference->start] = masked[reference->end - 1] = quotes[reference->kind];
    }
    return masked;
}
