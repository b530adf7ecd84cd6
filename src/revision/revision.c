/* The small truths about a revision: its id, its slug, its end. Reading files is file.c and
 * header.c. */
#include "revision/revision.h"

#include <string.h>

#include "base/error.h"

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

gboolean revision_label_is_valid(const char *label, GError **error)
{
    g_autofree char *plain = g_strdelimit(g_strdup(label), "-", '_');

    return revision_id_is_valid(plain, error);
}

char **revision_ids(const GPtrArray *revisions)
{
    char **ids = g_new0(char *, revisions->len + 1);

    for (guint i = 0; i < revisions->len; i++)
        ids[i] = g_strdup(((const Revision *)revisions->pdata[i])->id);
    return ids;
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
static void cut_slug(GString *slug, guint longest)
{
    const char *limit;
    const char *last;

    if (g_utf8_strlen(slug->str, -1) <= (glong)longest)
        return;
    limit = g_utf8_offset_to_pointer(slug->str, (glong)longest);
    last = g_strrstr_len(slug->str, limit - slug->str, "_");
    g_string_truncate(slug, (gsize)((last ? last : limit) - slug->str));
    g_string_append_c(slug, '_');
}

/* The runs of word characters, joined by "_". */
static char *join_words(const char *text)
{
    GString *words = g_string_new(NULL);
    gboolean is_between = FALSE;

    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (!is_word_character(c)) {
            is_between = words->len > 0;
            continue;
        }
        if (is_between)
            g_string_append_c(words, '_');
        is_between = FALSE;
        g_string_append_unichar(words, c);
    }
    return g_string_free(words, FALSE);
}

char *revision_slug(const char *message, guint longest)
{
    g_autofree char *valid = g_utf8_make_valid(message, -1);
    g_autofree char *words = join_words(valid);
    g_autofree char *lower = g_utf8_strdown(words, -1);
    g_autoptr(GString) slug = g_string_new(lower);

    cut_slug(slug, longest);
    return g_string_free(g_steal_pointer(&slug), FALSE);
}
