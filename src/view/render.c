/* Values to jansson and jansson to text. Nothing here knows a document. */
#include "view/render.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/secret.h"

json_t *render_secret(const char *text)
{
    g_autofree char *valid = NULL;

    if (!text)
        return json_null();
    valid = g_utf8_make_valid(text, -1);
    return json_string(valid);
}

json_t *render_text(const char *text)
{
    g_autofree char *safe = secret_redact(text);

    return render_secret(safe);
}

json_t *render_texts(const char *const *texts)
{
    json_t *array = json_array();

    for (; texts && *texts; texts++)
        json_array_append_new(array, render_text(*texts));
    return array;
}

json_t *render_time(gint64 wall)
{
    g_autofree char *text = wall ? clock_format_rfc3339(wall) : NULL;

    return render_text(text);
}

char *render_print(json_t *json)
{
    char *printed = json_dumps(json, JSON_INDENT(2));
    char *text;

    json_decref(json);
    if (!printed)
        g_error("a document cannot be printed: out of memory");
    text = g_strconcat(printed, "\n", NULL);
    free(printed);
    return text;
}
