/* Collecting pairs. */
#include "engine/pairs.h"

#include "base/secret.h"
#include "db/result.h"

struct Pairs {
    GPtrArray *texts; /* name, value, ...; NULL-terminated */
};

Pairs *pairs_new(void)
{
    Pairs *pairs = g_new(Pairs, 1);

    pairs->texts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(pairs->texts, NULL);
    return pairs;
}

void pairs_free(Pairs *pairs)
{
    if (!pairs)
        return;
    g_ptr_array_unref(pairs->texts);
    g_free(pairs);
}

static void add_owned(Pairs *pairs, const char *name, char *value)
{
    g_ptr_array_insert(pairs->texts, (int)pairs->texts->len - 1, g_strdup(name));
    g_ptr_array_insert(pairs->texts, (int)pairs->texts->len - 1, value);
}

void pairs_add(Pairs *pairs, const char *name, const char *value)
{
    if (value)
        add_owned(pairs, name, g_strdup(value));
}

void pairs_add_redacted(Pairs *pairs, const char *name, const char *value)
{
    if (value)
        add_owned(pairs, name, secret_redact(value));
}

char *pairs_format(const Pairs *pairs)
{
    return text_array_format((const char *const *)pairs->texts->pdata);
}
