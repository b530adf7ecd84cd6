/* "TABLE.OLD=NEW": the rename that somebody asks for. */
#include <string.h>

#include "base/error.h"
#include "schema/diff_rename.h"

enum { WORDS_MAX = 3 };

/* A name as it was typed, and as the server reads it. */
typedef struct {
    char *typed;
    char *folded;
} Word;

typedef struct {
    Word words[WORDS_MAX];
    guint count;
    Word to;
} Hint;

static void hint_clear(Hint *hint)
{
    for (guint i = 0; i < WORDS_MAX; i++) {
        g_free(hint->words[i].typed);
        g_free(hint->words[i].folded);
    }
    g_free(hint->to.typed);
    g_free(hint->to.folded);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Hint, hint_clear)

/* --- Reading ---------------------------------------------------------------------------------- */

static gboolean read_quoted(const char **text, GString *name)
{
    for ((*text)++; **text; (*text)++) {
        if (**text == '"' && (*text)[1] != '"') {
            (*text)++;
            return name->len > 0;
        }
        if (**text == '"')
            (*text)++;
        g_string_append_c(name, **text);
    }
    return FALSE;
}

/* Up to one of the characters of `ends`, or the end. */
static gboolean read_word(const char **text, const char *ends, Word *word)
{
    g_autoptr(GString) name = g_string_new(NULL);
    gboolean is_quoted = **text == '"';

    if (is_quoted && !read_quoted(text, name))
        return FALSE;
    while (!is_quoted && **text && !strchr(ends, **text))
        g_string_append_c(name, *(*text)++);
    word->folded = is_quoted ? g_strdup(name->str) : g_ascii_strdown(name->str, -1);
    word->typed = g_strdup(name->str);
    return name->len > 0;
}

static gboolean read_hint(const char *text, Hint *hint)
{
    do {
        if (hint->count == WORDS_MAX || !read_word(&text, ".=", &hint->words[hint->count++]))
            return FALSE;
    } while (*text++ == '.');
    if (text[-1] != '=' || !read_word(&text, "", &hint->to))
        return FALSE;
    return *text == '\0';
}

/* --- Finding ---------------------------------------------------------------------------------- */

static gboolean is_word(const Word *word, const char *name)
{
    return name && (strcmp(word->folded, name) == 0 || strcmp(word->typed, name) == 0);
}

/* "NAME" or "SCHEMA.NAME", of so many words. */
static gboolean is_named(const Hint *hint, guint count, const Object *object)
{
    if (count == 0 || count > 2 || !is_word(&hint->words[count - 1], object->name))
        return FALSE;
    return count == 1 || is_word(&hint->words[0], object->schema);
}

static gboolean is_part_named(const Hint *hint, const Object *object)
{
    return object->parent && object->kind != KIND_SEQUENCE && hint->count >= 2 &&
           is_word(&hint->words[hint->count - 1], object->name) &&
           is_named(hint, hint->count - 1, object->parent);
}

/* An object of the new side, of the kind and in the place of `like`, with the new name. */
static const Object *find_new(const Catalog *to, const Object *like, const Word *name)
{
    const GPtrArray *objects = catalog_objects(to);

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];
        const char *parent = object->parent ? object->parent->identity : NULL;

        if (object->kind == like->kind && is_word(name, object->name) &&
            g_strcmp0(object->schema, like->schema) == 0 &&
            g_strcmp0(parent, like->parent ? like->parent->identity : NULL) == 0)
            return object;
    }
    return NULL;
}

/* The same object as `from`, on the new side; it may have moved its name. */
static const char *find_new_column(const Catalog *to, const Object *from, const Word *name)
{
    const Object *kept = catalog_find(to, from->identity);

    for (guint i = 0; kept && kept->parts && i < kept->parts->len; i++) {
        const Object *part = kept->parts->pdata[i];

        if (part->kind == KIND_COLUMN && is_word(name, part->name))
            return part->name;
    }
    return NULL;
}

static DiffRename *try_column(const Catalog *to, const Object *object, const Hint *hint)
{
    const char *new = NULL;

    if (hint->count < 2 || !is_named(hint, hint->count - 1, object))
        return NULL;
    for (guint i = 0; object->parts && i < object->parts->len; i++) {
        const Object *part = object->parts->pdata[i];

        if (part->kind != KIND_COLUMN || !is_word(&hint->words[hint->count - 1], part->name))
            continue;
        new = find_new_column(to, object, &hint->to);
        return new ? rename_of_object(part, new) : NULL;
    }
    return NULL;
}

static const char *find_label(const Enum *type, const Word *word)
{
    for (char **label = type->labels; label && *label; label++)
        if (strcmp(*label, word->typed) == 0)
            return *label;
    return NULL;
}

static DiffRename *try_label(const Catalog *to, const Object *object, const Hint *hint)
{
    const Object *kept = catalog_find(to, object->identity);
    const char *old = NULL;
    const char *new = NULL;

    if (object->kind != KIND_ENUM || !kept || hint->count < 2 ||
        !is_named(hint, hint->count - 1, object))
        return NULL;
    old = find_label((const Enum *)object, &hint->words[hint->count - 1]);
    new = find_label((const Enum *)kept, &hint->to);
    return old && new ? rename_of_label((const Enum *)object, old, new) : NULL;
}

static DiffRename *try_object(const Catalog *to, const Object *object, const Hint *hint)
{
    const Object *new = NULL;

    if (!rename_is_possible(object) ||
        (!is_named(hint, hint->count, object) && !is_part_named(hint, object)))
        return NULL;
    new = find_new(to, object, &hint->to);
    return new ? rename_of_object(object, new->name) : NULL;
}

static DiffRename *try(const Catalog *to, const Object *object, const Hint *hint)
{
    DiffRename *found = try_object(to, object, hint);

    if (!found)
        found = try_column(to, object, hint);
    return found ? found : try_label(to, object, hint);
}

/* --- The whole -------------------------------------------------------------------------------- */

static DiffRename *refuse(GError **error, const char *hint, const char *reason)
{
    error_set(error, ERROR_USAGE, "--rename %s: %s", hint, reason);
    error_set_hint(error, "TABLE=NEW, TABLE.COLUMN=NEW or TYPE.LABEL=NEW: the old name is the "
                          "database's, the new one the models'; SCHEMA. may stand in front");
    return NULL;
}

DiffRename *diff_find_rename(const Catalog *from, const Catalog *to, const char *hint,
                             GError **error)
{
    const GPtrArray *objects = catalog_objects(from);
    g_autoptr(DiffRename) found = NULL;
    g_auto(Hint) read = {0};

    if (!read_hint(hint, &read))
        return refuse(error, hint, "no rename is written so");
    for (guint i = 0; i < objects->len; i++) {
        g_autoptr(DiffRename) other = try(to, objects->pdata[i], &read);

        if (other && found)
            return refuse(error, hint, "more than one thing has that name");
        if (other)
            found = g_steal_pointer(&other);
    }
    if (!found)
        return refuse(error, hint, "there is no such thing, or none of the new name");
    return g_steal_pointer(&found);
}
