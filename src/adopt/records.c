/* Pairs of key and value become arrivals. */
#include "adopt/records.h"

#include <string.h>

#include "base/error.h"

typedef struct {
    Import *import;
    Arrival *arrival; /* the last one; belongs to the import; NULL at first */
    const char *refused;
    const char *hint;
    gboolean is_complete;
} Reader;

static void replace(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

typedef struct {
    const char *key;
    gsize offset; /* of a char * in Arrival */
} TextField;

typedef struct {
    const char *key;
    gsize offset; /* of a GPtrArray * in Arrival */
} ListField;

static const TextField text_fields[] = {
    {"message", offsetof(Arrival, message)},  {"doc", offsetof(Arrival, doc)},
    {"date", offsetof(Arrival, create_date)}, {"origin", offsetof(Arrival, origin)},
    {"up", offsetof(Arrival, up.sql)},        {"up.blocked", offsetof(Arrival, up.blocked)},
    {"down", offsetof(Arrival, down.sql)},    {"down.blocked", offsetof(Arrival, down.blocked)},
};
static const ListField list_fields[] = {
    {"parent", offsetof(Arrival, parents)},
    {"label", offsetof(Arrival, labels)},
    {"depends", offsetof(Arrival, depends_on)},
    {"note", offsetof(Arrival, notes)},
};

/* A pair about the revision at hand. */
static gboolean take_arrival_pair(Arrival *arrival, const char *key, const char *value)
{
    for (gsize i = 0; i < G_N_ELEMENTS(text_fields); i++) {
        if (strcmp(key, text_fields[i].key) == 0) {
            replace(G_STRUCT_MEMBER_P(arrival, text_fields[i].offset), value);
            return TRUE;
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(list_fields); i++) {
        if (strcmp(key, list_fields[i].key) == 0) {
            g_ptr_array_add(G_STRUCT_MEMBER(GPtrArray *, arrival, list_fields[i].offset),
                            g_strdup(value));
            return TRUE;
        }
    }
    if (strcmp(key, "none") != 0)
        return FALSE;
    arrival->leaves_transaction = TRUE;
    return TRUE;
}

static gboolean take_pair(Reader *reader, const char *key, const char *value)
{
    if (strcmp(key, "revision") == 0) {
        reader->arrival = arrival_new(value);
        g_ptr_array_add(reader->import->arrivals, reader->arrival);
    } else if (strcmp(key, "table") == 0) {
        replace(&reader->import->version_table, value);
    } else if (strcmp(key, "schema") == 0) {
        replace(&reader->import->version_table_schema, *value ? value : NULL);
    } else if (strcmp(key, "left_out") == 0) {
        import_leave_out(reader->import, "%s", value);
    } else if (strcmp(key, "refused") == 0) {
        reader->refused = value;
    } else if (strcmp(key, "hint") == 0) {
        reader->hint = value;
    } else if (strcmp(key, "end") == 0) {
        reader->is_complete = TRUE;
    } else {
        return reader->arrival && take_arrival_pair(reader->arrival, key, value);
    }
    return TRUE;
}

/* FALSE: cut off in the middle of a text, or a key that nobody knows. */
static gboolean take_all(Reader *reader, const char *bytes, gsize length)
{
    const char *end = bytes + length;

    while (bytes < end) {
        const char *key = bytes;
        const char *value = memchr(key, '\0', (gsize)(end - key));
        const char *stop = value ? memchr(value + 1, '\0', (gsize)(end - value - 1)) : NULL;

        if (!stop || !take_pair(reader, key, value + 1))
            return FALSE;
        bytes = stop + 1;
    }
    return TRUE;
}

/* A revision without an up section was cut off, too. */
static gboolean is_whole(const Import *import)
{
    for (guint i = 0; i < import->arrivals->len; i++)
        if (!((const Arrival *)import->arrivals->pdata[i])->up.sql)
            return FALSE;
    return TRUE;
}

Import *records_parse(const char *bytes, gsize length, GError **error)
{
    g_autoptr(Import) import = import_new();
    Reader reader = {.import = import};
    gboolean is_read = take_all(&reader, bytes, length);

    if (is_read && reader.refused) {
        error_set(error, ERROR_FILE, "the Alembic project cannot be imported: %s", reader.refused);
        if (reader.hint)
            error_set_hint(error, "%s", reader.hint);
        return NULL;
    }
    if (!is_read || !reader.is_complete || !is_whole(import)) {
        error_set(error, ERROR_FILE, "the project's Python ended before it had said everything%s%s",
                  reader.arrival ? ", at revision " : "", reader.arrival ? reader.arrival->id : "");
        error_set_hint(error, "look at what it printed");
        return NULL;
    }
    return g_steal_pointer(&import);
}
