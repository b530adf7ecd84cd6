/* The small documents: their form, and what must be escaped in them. */
#include "view/answer.h"

static void assert_document(const Answer *answer, const char *expected)
{
    g_autofree char *document = answer_format(answer);

    g_assert_cmpstr(document, ==, expected);
}

static void test_each_type(void)
{
    static const char *const two[] = {"a", "b", NULL};
    static const char *const none[] = {NULL};
    g_autoptr(Answer) answer = answer_new();

    answer_add_boolean(answer, "running", TRUE);
    answer_add_number(answer, "pid", 42);
    answer_add_number(answer, "version", 0);
    answer_add_text(answer, "url", NULL);
    answer_add_texts(answer, "two", two);
    answer_add_texts(answer, "none", none);
    assert_document(answer, "{\n  \"running\": true,\n  \"pid\": 42,\n  \"version\": null,\n"
                            "  \"url\": null,\n  \"two\": [\n    \"a\",\n    \"b\"\n  ],\n"
                            "  \"none\": []\n}\n");
}

static void test_text_is_escaped(void)
{
    g_autoptr(Answer) answer = answer_new();

    answer_add_text(answer, "text", "\"\\\n\033 größe \xff");
    assert_document(answer, "{\n  \"text\": \"\\\"\\\\\\n\\u001B größe \xef\xbf\xbd\"\n}\n");
}

static void test_secret_is_shown_where_it_is_asked_for(void)
{
    g_autoptr(Answer) answer = answer_new();

    answer_add_text(answer, "text", "password=kept-quiet");
    answer_add_secret(answer, "secret", "password=shown");
    assert_document(answer, "{\n  \"text\": \"password=***\",\n"
                            "  \"secret\": \"password=shown\"\n}\n");
}

static void test_list(void)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)answer_free);
    g_autoptr(Answer) answer = answer_new();

    answer_add_list(answer, "none", items);
    g_ptr_array_add(items, answer_new());
    answer_add_text(items->pdata[0], "a", "b");
    answer_add_list(answer, "one", items);
    assert_document(answer,
                    "{\n  \"none\": [],\n  \"one\": [\n    {\n      \"a\": \"b\"\n    }\n  ]\n}\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/answer/each type", test_each_type);
    g_test_add_func("/cli/answer/text is escaped", test_text_is_escaped);
    g_test_add_func("/cli/answer/list", test_list);
    g_test_add_func("/view/answer/secret", test_secret_is_shown_where_it_is_asked_for);
    return g_test_run();
}
