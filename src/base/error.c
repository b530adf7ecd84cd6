/* The one error domain. Kinds come from errkinds.def; printing is left to the callers. */
#include "base/error.h"

#include <string.h>

#include "base/secret.h"

typedef struct {
    char *hint;
    char *outcome;
    char *path;
    unsigned line;
    unsigned column;
    char *source;
    char *sqlstate;
    char *detail;
    char *server_hint;
    char *context;
} PgsluiceErrorPrivate;

static const struct {
    const char *slug;
    int exit_status;
    int http_status;
    gboolean is_retryable;
    const char *title;
} kinds[ERROR_KIND_COUNT] = {
#define ERRKIND(name, slug, exit_status, http_status, retryable, title)                            \
    [ERROR_##name] = {slug, exit_status, http_status, retryable, title},
#include "base/errkinds.def"
#undef ERRKIND
};

static void pgsluice_error_private_init(PgsluiceErrorPrivate *priv)
{
    memset(priv, 0, sizeof *priv);
}

static void pgsluice_error_private_copy(const PgsluiceErrorPrivate *from, PgsluiceErrorPrivate *to)
{
    to->hint = g_strdup(from->hint);
    to->outcome = g_strdup(from->outcome);
    to->path = g_strdup(from->path);
    to->line = from->line;
    to->column = from->column;
    to->source = g_strdup(from->source);
    to->sqlstate = g_strdup(from->sqlstate);
    to->detail = g_strdup(from->detail);
    to->server_hint = g_strdup(from->server_hint);
    to->context = g_strdup(from->context);
}

static void pgsluice_error_private_clear(PgsluiceErrorPrivate *priv)
{
    g_free(priv->hint);
    g_free(priv->outcome);
    g_free(priv->path);
    g_free(priv->source);
    g_free(priv->sqlstate);
    g_free(priv->detail);
    g_free(priv->server_hint);
    g_free(priv->context);
}

G_DEFINE_EXTENDED_ERROR(PgsluiceError, pgsluice_error)

/* The macro registers the domain at its first use and without a lock: let that be before there are
 * threads. */
static void __attribute__((constructor)) register_domain(void)
{
    pgsluice_error_quark();
}

static PgsluiceErrorPrivate *own_private(const GError *error)
{
    if (!error || error->domain != PGSLUICE_ERROR)
        return NULL;
    return pgsluice_error_get_private(error);
}

static void replace(char **field, const char *value)
{
    char *copy = value && *value ? g_strdup(value) : NULL;

    g_free(*field);
    *field = copy;
}

void error_set(GError **error, ErrorKind kind, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (error)
        *error = g_error_new_valist(PGSLUICE_ERROR, (int)kind, format, args);
    va_end(args);
}

void error_reclassify(GError **error, ErrorKind kind)
{
    if (error && own_private(*error))
        (*error)->code = (int)kind;
}

/* The new text may be made of the old one. */
static void replace_formatted(char **field, const char *format, va_list args) G_GNUC_PRINTF(2, 0);
static void replace_formatted(char **field, const char *format, va_list args)
{
    char *text = g_strdup_vprintf(format, args);

    g_free(*field);
    *field = text;
}

void error_set_hint(GError **error, const char *format, ...)
{
    PgsluiceErrorPrivate *priv = error ? own_private(*error) : NULL;
    va_list args;

    if (!priv)
        return;
    va_start(args, format);
    replace_formatted(&priv->hint, format, args);
    va_end(args);
}

void error_set_outcome(GError **error, const char *format, ...)
{
    PgsluiceErrorPrivate *priv = error ? own_private(*error) : NULL;
    va_list args;

    if (!priv)
        return;
    va_start(args, format);
    replace_formatted(&priv->outcome, format, args);
    va_end(args);
}

void error_set_site(GError **error, const ErrorSite *site)
{
    PgsluiceErrorPrivate *priv = error ? own_private(*error) : NULL;

    if (!priv)
        return;
    replace(&priv->path, site->path);
    replace(&priv->source, site->source);
    priv->line = site->line;
    priv->column = site->column;
}

void error_set_sql(GError **error, const char *sqlstate, const char *detail,
                   const char *server_hint, const char *context)
{
    PgsluiceErrorPrivate *priv = error ? own_private(*error) : NULL;

    if (!priv)
        return;
    replace(&priv->sqlstate, sqlstate);
    replace(&priv->detail, detail);
    replace(&priv->server_hint, server_hint);
    replace(&priv->context, context);
}

ErrorKind error_kind(const GError *error)
{
    if (error->domain == PGSLUICE_ERROR)
        return (ErrorKind)error->code;
    return error->domain == G_FILE_ERROR ? ERROR_FILE : ERROR_INTERNAL;
}

gboolean error_is(const GError *error, ErrorKind kind)
{
    return error && error_kind(error) == kind;
}

#define READER(field)                                                                              \
    const char *error_##field(const GError *error)                                                 \
    {                                                                                              \
        PgsluiceErrorPrivate *priv = own_private(error);                                           \
                                                                                                   \
        return priv ? priv->field : NULL;                                                          \
    }
READER(hint)
READER(outcome)
READER(sqlstate)
READER(detail)
READER(server_hint)
READER(context)
#undef READER

gboolean error_site(const GError *error, ErrorSite *site)
{
    PgsluiceErrorPrivate *priv = own_private(error);

    if (!priv || !priv->path)
        return FALSE;
    *site = (ErrorSite){priv->path, priv->line, priv->column, priv->source};
    return TRUE;
}

const char *error_kind_slug(ErrorKind kind)
{
    return kinds[kind].slug;
}

const char *error_kind_title(ErrorKind kind)
{
    return kinds[kind].title;
}

int error_kind_exit_status(ErrorKind kind)
{
    return kinds[kind].exit_status;
}

int error_kind_http_status(ErrorKind kind)
{
    return kinds[kind].http_status;
}

gboolean error_kind_is_retryable(ErrorKind kind)
{
    return kinds[kind].is_retryable;
}

/* path:line:column, as far as it is known */
static void append_place(GString *text, const ErrorSite *site)
{
    g_string_append(text, site->path);
    if (site->line)
        g_string_append_printf(text, ":%u", site->line);
    if (site->line && site->column)
        g_string_append_printf(text, ":%u", site->column);
}

/* Tabs stay tabs below the caret's line, so that the caret stands right in any terminal. */
static void append_caret(GString *text, const ErrorSite *site)
{
    const char *at = site->source;

    if (!site->source)
        return;
    g_string_append_printf(text, "\n  %6u | %s", site->line, site->source);
    if (!site->column)
        return;
    g_string_append(text, "\n         | ");
    for (unsigned i = 1; i < site->column && *at; i++, at = g_utf8_next_char(at))
        g_string_append_c(text, *at == '\t' ? '\t' : ' ');
    g_string_append_c(text, '^');
}

static void append_labelled(GString *text, const char *label, const char *value)
{
    if (value)
        g_string_append_printf(text, "\n  %s: %s", label, value);
}

char *error_describe(const GError *error)
{
    PgsluiceErrorPrivate *priv = own_private(error);
    g_autoptr(GString) text = g_string_new(error->message);
    ErrorSite site;

    if (error_site(error, &site)) {
        g_string_append(text, "\n  at ");
        append_place(text, &site);
        append_caret(text, &site);
    }
    if (priv) {
        append_labelled(text, "SQLSTATE", priv->sqlstate);
        append_labelled(text, "DETAIL", priv->detail);
        append_labelled(text, "HINT", priv->server_hint);
        append_labelled(text, "CONTEXT", priv->context);
        append_labelled(text, "database", priv->outcome);
        append_labelled(text, "next", priv->hint);
    }
    return secret_redact(text->str);
}

char *error_describe_short(const GError *error)
{
    PgsluiceErrorPrivate *priv = own_private(error);
    g_autoptr(GString) text = g_string_new(error->message);
    ErrorSite site;

    if (error_site(error, &site)) {
        g_string_append(text, " at ");
        append_place(text, &site);
    }
    if (priv && priv->sqlstate)
        g_string_append_printf(text, " (SQLSTATE %s)", priv->sqlstate);
    if (priv && priv->hint)
        g_string_append_printf(text, "; %s", priv->hint);
    g_strdelimit(text->str, "\r\n", ' ');
    return secret_redact(text->str);
}
