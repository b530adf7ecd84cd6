/* What a failed connection attempt means. libpq tells it in words only; asked to be verbose it puts
 * the server's SQLSTATE between them, which is what is read here wherever there is one. */
#include <string.h>

#include "base/error.h"
#include "db/conn_private.h"
#include "db/pooler.h"

typedef struct {
    const char *pattern; /* a SQLSTATE or the class it starts with; or a part of libpq's text */
    ErrorKind kind;
    const char *hint;
} Meaning;

static const Meaning by_sqlstate[] = {
    {"28P01", ERROR_LOGIN,
     "check user and password in the URL; characters such as @ : / % in a password are written as "
     "%40 "
     "%3A %2F %25"},
    {"28", ERROR_LOGIN, "check the role's name, its LOGIN right and the server's pg_hba.conf"},
    {"3D000", ERROR_LOGIN, "create it with CREATE DATABASE, or correct the name in the URL"},
    {"42501", ERROR_LOGIN, "GRANT CONNECT ON DATABASE ... TO the role"},
    {"53300", ERROR_UNREACHABLE, "raise max_connections, or end idle connections"},
    {"57P03", ERROR_UNREACHABLE, "the server is starting up or shutting down; try again"},
    {"53", ERROR_UNREACHABLE, NULL},
    {"57", ERROR_UNREACHABLE, NULL},
    {"58", ERROR_UNREACHABLE, NULL},
    {"08", ERROR_UNREACHABLE, NULL},
    {"XX", ERROR_UNREACHABLE, NULL},
    {"", ERROR_LOGIN, NULL},
};

/* In order: the first that occurs decides. */
static const Meaning by_text[] = {
    {"session is read-only", ERROR_NOT_PRIMARY,
     "give the URL of the primary, or all hosts: host=a,b"},
    {"hot standby mode", ERROR_NOT_PRIMARY, "give the URL of the primary, or all hosts: host=a,b"},
    {"no password supplied", ERROR_LOGIN,
     "put the password in the URL, in PGPASSWORD or in ~/.pgpass"},
    {"does not support SSL", ERROR_LOGIN, "use sslmode=disable, or turn on ssl in the server"},
    {"certificate", ERROR_LOGIN, "check sslmode, sslrootcert, sslcert and sslkey in the URL"},
    {"authentication method", ERROR_LOGIN, NULL},
    {"channel binding", ERROR_LOGIN, NULL},
    {"could not match", ERROR_CONFIG, "give one port, or one for each host"},
    {"No such file or directory", ERROR_UNREACHABLE,
     "no server listens on that socket: start it, or name the host in the URL"},
    {"Connection refused", ERROR_UNREACHABLE,
     "is the server running there? check host and port in the URL"},
    {"could not translate host name", ERROR_UNREACHABLE, "check the host name in the URL, and DNS"},
    {"connection to server", ERROR_UNREACHABLE, NULL},
    {"could not ", ERROR_UNREACHABLE, NULL},
    {"", ERROR_CONFIG, "libpq does not take the URL as it is"},
};

typedef struct {
    GString *message;
    char *sqlstate;
    char *detail;
    char *hint;
} Account;

static void account_clear(Account *account)
{
    g_string_free(account->message, TRUE);
    g_free(account->sqlstate);
    g_free(account->detail);
    g_free(account->hint);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Account, account_clear)

/* "FATAL:  28P01: password..." loses its code, which is noted. With several hosts the last one
 * counts: libpq goes on to the next host only after failures that say nothing about the login. */
static void take_sqlstate(Account *account, char *line)
{
    char *code = strstr(line, ":  ");

    if (!code)
        return;
    code += strlen(":  ");
    if (strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 5 ||
        strncmp(code + 5, ": ", 2) != 0)
        return;
    g_free(account->sqlstate);
    account->sqlstate = g_strndup(code, 5);
    memmove(code - 1, code + 7, strlen(code + 7) + 1);
}

/* "LOCATION:  InitPostgres, postinit.c:948", in any language; and libpq's own question. */
static gboolean is_noise(const char *line)
{
    const char *source = strstr(line, ".c:");

    return !*line || (source && source[3 + strspn(source + 3, "0123456789")] == '\0') ||
           g_str_has_prefix(line, "Is the server running");
}

static void take_line(Account *account, char *line)
{
    g_strstrip(line);
    if (is_noise(line))
        return;
    take_sqlstate(account, line);
    if (g_str_has_prefix(line, "DETAIL:  ")) {
        g_free(account->detail);
        account->detail = g_strdup(line + strlen("DETAIL:  "));
    } else if (g_str_has_prefix(line, "HINT:  ")) {
        g_free(account->hint);
        account->hint = g_strdup(line + strlen("HINT:  "));
    } else {
        if (account->message->len)
            g_string_append(account->message, "; ");
        g_string_append(account->message, line);
    }
}

static const Meaning *find_meaning(const Account *account)
{
    const Meaning *meaning = account->sqlstate ? by_sqlstate : by_text;

    if (account->sqlstate)
        while (!g_str_has_prefix(account->sqlstate, meaning->pattern))
            meaning++;
    else
        while (!strstr(account->message->str, meaning->pattern))
            meaning++;
    return meaning;
}

/* A pooler answers nearly everything with 08P01: a few of its texts will not change by waiting. */
static gboolean is_final_pooler_answer(const Account *account)
{
    static const char *const texts[] = {"no such database", "no such user", "unsupported startup",
                                        "not allowed", "bouncer config error"};

    if (!account->sqlstate || !g_str_has_prefix(account->sqlstate, "08"))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (strstr(account->message->str, texts[i]))
            return TRUE;
    return FALSE;
}

const char *login_error_network_hint(const PGconn *pg)
{
    const char *host = PQhost(pg);

    if (!host || !pooler_is_direct_host(host))
        return NULL;
    return "Supabase's direct hosts have IPv6 addresses only: this machine needs IPv6, or the "
           "project the IPv4 add-on; else use port 5432 of the project's pooler together with "
           "database.pooler = \"session\"";
}

void login_error_set(GError **error, const PGconn *pg)
{
    g_auto(Account) account = {.message = g_string_new(NULL)};
    g_auto(GStrv) lines = g_strsplit(PQerrorMessage(pg), "\n", -1);
    const Meaning *meaning;
    const char *hint = NULL;
    ErrorKind kind;

    for (char **line = lines; *line; line++)
        take_line(&account, *line);
    meaning = find_meaning(&account);
    kind = is_final_pooler_answer(&account) || PQconnectionNeedsPassword(pg) ? ERROR_LOGIN
                                                                             : meaning->kind;
    error_set(error, kind, "%s", account.message->str);
    error_set_sql(error, account.sqlstate, account.detail, account.hint, NULL);
    if (kind == ERROR_UNREACHABLE && !account.sqlstate)
        hint = login_error_network_hint(pg);
    if (hint || meaning->hint)
        error_set_hint(error, "%s", hint ? hint : meaning->hint);
}
