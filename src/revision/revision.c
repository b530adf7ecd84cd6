/* The small truths about a revision: its id, its slug, its end. Reading files is file.c and
 * header.c. */
#include "revision/revision.h"

#include <string.h>

#include "base/error.h"

enum { SLUG_MAX = 40 }; /* characters */

void revision_free(Revision *revision)
{
    g_free(revision);
}

void revision_body_free(RevisionBody *body)
{
    if (!body)
        return;
    g_free(body->up.text);
    g_free(body->down.text);
    g_free(body->verify.text);
    g_free(body);
}

static gboolean is_reserved(const char *id)
{
    static const char *const words[] = {"base", "current", "head", "heads", NULL};

    return (*id == 'b' || *id == 'c' || *id == 'h') && g_strv_contains(words, id);
}

gboolean revision_id_is_valid(const char *id, GError **error)
{
    gsize length = strlen(id);

    if (length == 0) {
        error_set(error, ERROR_REVISION_FILE, "A revision id is empty");
        error_set_hint(error,
                       "an id is 1 to %d of A-Z a-z 0-9 _ and .; commas stand between ids only",
                       REVISION_ID_MAX);
        return FALSE;
    }
    if (length > REVISION_ID_MAX) {
        error_set(error, ERROR_REVISION_FILE,
                  "The revision id '%.40s' is longer than %d characters", id, REVISION_ID_MAX);
        error_set_hint(error, "the version table has room for %d; shorten the id", REVISION_ID_MAX);
        return FALSE;
    }
    for (const char *at = id; *at; at++) {
        if (g_ascii_isalnum(*at) || *at == '_' || *at == '.')
            continue;
        error_set(error, ERROR_REVISION_FILE,
                  "Character '%.*s' is not allowed in the revision id '%s'",
                  (int)(g_utf8_next_char(at) - at), at, id);
        error_set_hint(error, "an id is made of A-Z a-z 0-9 _ and .");
        return FALSE;
    }
    if (is_reserved(id)) {
        error_set(error, ERROR_REVISION_FILE, "'%s' is a reserved word and cannot be an id", id);
        error_set_hint(error, "choose another id; head, heads, base and current have a meaning");
        return FALSE;
    }
    return TRUE;
}

char *revision_id_new(void)
{
    g_autofree char *uuid = g_uuid_string_random();

    return g_strdup(uuid + strlen(uuid) - 12);
}

static gboolean is_word_character(gunichar c)
{
    return c == '_' || g_unichar_isalnum(c);
}

/* Cut like Alembic does: back to the last "_" within the limit, which stays as the end. */
static void cut_slug(GString *slug)
{
    const char *limit;
    const char *last;

    if (g_utf8_strlen(slug->str, -1) <= SLUG_MAX)
        return;
    limit = g_utf8_offset_to_pointer(slug->str, SLUG_MAX);
    last = g_strrstr_len(slug->str, limit - slug->str, "_");
    g_string_truncate(slug, (gsize)((last ? last : limit) - slug->str));
    g_string_append_c(slug, '_');
}

char *revision_slug(const char *message)
{
    g_autofree char *valid = g_utf8_make_valid(message, -1);
    g_autofree char *lower = g_utf8_strdown(valid, -1);
    GString *slug = g_string_new(NULL);
    gboolean is_between = FALSE;

    for (const char *at = lower; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (!is_word_character(c)) {
            is_between = slug->len > 0;
            continue;
        }
        if (is_between)
            g_string_append_c(slug, '_');
        is_between = FALSE;
        g_string_append_unichar(slug, c);
    }
    cut_slug(slug);
    return g_string_free(slug, FALSE);
}
