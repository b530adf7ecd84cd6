/* What dotenv_parse makes of each text on the standard input, which are ended by a form feed, for
 * dotenv-oracle: one line of NAME=value, percent-encoded and with blanks between them, or "error".
 */
#include <stdio.h>

#include "conf/dotenv.h"

enum { INPUT_MAX = 64 * 1024 };

static void print_rows(const GArray *rows)
{
    for (guint i = 0; i < rows->len; i++) {
        const DotenvEntry *entry = &g_array_index(rows, DotenvEntry, i);
        g_autoptr(GString) pair = g_string_new(NULL);

        g_string_append_uri_escaped(pair, entry->name, NULL, FALSE);
        g_string_append_c(pair, '=');
        g_string_append_uri_escaped(pair, entry->value, NULL, FALSE);
        printf("%s ", pair->str);
    }
    printf("\n");
}

int main(void)
{
    g_autofree char *input = g_malloc0(INPUT_MAX + 1);
    g_auto(GStrv) texts = NULL;

    input[fread(input, 1, INPUT_MAX, stdin)] = '\0';
    texts = g_strsplit(input, "\f", -1);
    for (char **text = texts; text[0] && text[1]; text++) {
        g_autoptr(GArray) rows = dotenv_parse(*text, ".env", NULL);

        if (rows)
            print_rows(rows);
        else
            printf("error\n");
    }
    return 0;
}
