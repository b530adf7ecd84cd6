/* What dsn_parse makes of each line of the standard input, for url-oracle: one line of
 * keyword=value, percent-encoded and with blanks between them, or "error" and its text. */
#include <stdio.h>

#include "base/error.h"
#include "db/dsn.h"

static void print_dsn(const Dsn *dsn)
{
    const char *const *values = dsn_values(dsn);

    for (const char *const *keyword = dsn_keywords(dsn); *keyword; keyword++, values++) {
        g_autoptr(GString) value = g_string_new(NULL);

        g_string_append_uri_escaped(value, *values, NULL, FALSE);
        printf("%s=%s ", *keyword, value->str);
    }
    printf("\n");
}

int main(void)
{
    char line[8192];

    while (fgets(line, sizeof line, stdin)) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Dsn) dsn = dsn_parse(line, &error);

        if (dsn)
            print_dsn(dsn);
        else
            printf("error %s\n", error->message);
    }
    return 0;
}
