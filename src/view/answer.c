/* A JSON object, key by key. */
#include "view/answer.h"

#include "view/render.h"

struct Answer {
    json_t *json;
};

Answer *answer_new(void)
{
    Answer *answer = g_new(Answer, 1);

    answer->json = json_object();
    return answer;
}

void answer_free(Answer *answer)
{
    if (!answer)
        return;
    json_decref(answer->json);
    g_free(answer);
}

void answer_add_text(Answer *answer, const char *key, const char *value)
{
    json_object_set_new(answer->json, key, render_text(value));
}

void answer_add_secret(Answer *answer, const char *key, const char *value)
{
    json_object_set_new(answer->json, key, render_secret(value));
}

void answer_add_texts(Answer *answer, const char *key, const char *const *values)
{
    json_object_set_new(answer->json, key, render_texts(values));
}

void answer_add_number(Answer *answer, const char *key, int value)
{
    json_object_set_new(answer->json, key, value ? json_integer(value) : json_null());
}

void answer_add_boolean(Answer *answer, const char *key, gboolean value)
{
    json_object_set_new(answer->json, key, json_boolean(value));
}

void answer_add_list(Answer *answer, const char *key, const GPtrArray *items)
{
    json_t *list = json_array();

    for (guint i = 0; i < items->len; i++)
        json_array_append(list, ((const Answer *)items->pdata[i])->json);
    json_object_set_new(answer->json, key, list);
}

char *answer_format(const Answer *answer)
{
    return render_print(json_incref(answer->json));
}
