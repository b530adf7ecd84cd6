/* Writes the text of a new revision file. What it writes, header.c and body.c read back. */
#include "base/error.h"
#include "revision/file.h"
#include "revision/template.h"

char *revision_format(const Revision *revision)
{
    const TemplateValues values = {.revision = revision};
    g_autoptr(GError) error = NULL;
    char *text = template_expand(template_builtin, "template", &values, &error);

    if (!text)
        g_error("the built-in template: %s", error->message);
    return text;
}
