/* Reading the plan document. */
#include "client/remote_plan.h"

#include <string.h>

#include "client/problem_private.h"

enum { ID_MAX = 32, DIGEST_DIGITS = 64 };

/* The items of the list `key` as an array of `size` each, and their number. */
static gpointer read_list(const Node *object, const char *key, gsize size, gsize *count,
                          void (*read_item)(const Node *item, gpointer element))
{
    Node list = node_member(object, key);
    char *elements;

    *count = node_count(&list);
    elements = reading_alloc(list.reading, *count, size);
    for (gsize i = 0; i < *count; i++) {
        Node item = node_item(&list, i);

        read_item(&item, elements + i * size);
    }
    return elements;
}

static void read_relation(const Node *item, gpointer element)
{
    *(RemoteRelation *)element = (RemoteRelation){.name = member_text(item, "name"),
                                                  .bytes = member_maybe_number(item, "bytes"),
                                                  .rows = member_maybe_number(item, "rows")};
}

static void read_statement(const Node *item, gpointer element)
{
    RemoteStatement *statement = element;

    statement->line = member_maybe_number(item, "line");
    statement->sql = member_text(item, "sql");
    statement->lock = member_maybe_text(item, "lock");
    statement->relations = read_list(item, "relations", sizeof(RemoteRelation),
                                     &statement->relation_count, read_relation);
}

static void read_step(const Node *item, gpointer element)
{
    RemoteStep *step = element;

    step->revision = member_text(item, "revision");
    step->message = member_text(item, "message");
    step->down_revisions = member_texts(item, "down_revision");
    step->path = member_maybe_text(item, "path");
    step->is_from_database = g_strcmp0(member_maybe_text(item, "source"), "database") == 0;
    step->is_transactional = member_boolean(item, "transactional");
    step->statements = read_list(item, "statements", sizeof(RemoteStatement),
                                 &step->statement_count, read_statement);
}

static void read_loss(const Node *item, gpointer element)
{
    *(RemoteLoss *)element = (RemoteLoss){.kind = member_text(item, "kind"),
                                          .name = member_text(item, "name"),
                                          .rows = member_maybe_number(item, "rows"),
                                          .is_estimate = member_maybe_boolean(item, "is_estimate")};
}

static void read_irreversible(const Node *item, gpointer element)
{
    *(RemoteIrreversible *)element = (RemoteIrreversible){.revision = member_text(item, "revision"),
                                                          .message = member_text(item, "message")};
}

static void read_instance(const Node *item, gpointer element)
{
    *(RemoteInstance *)element =
        (RemoteInstance){.instance = member_text(item, "instance"),
                         .host = member_maybe_text(item, "host"),
                         .version = member_maybe_text(item, "version"),
                         .required_revision = member_maybe_text(item, "required_revision"),
                         .since = member_maybe_text(item, "since"),
                         .pid = member_maybe_number(item, "pid")};
}

static void read_refusal(const Node *item, gpointer element)
{
    RemoteRefusal *refusal = element;

    refusal->type = member_text(item, "type");
    if (!problem_read(item, ERROR_REFUSED, &refusal->error))
        error_set(&refusal->error, ERROR_REFUSED, "a guard refuses, and does not say why");
}

/* Somebody is asked to type them: they must be what the database is about to be at, letter by
 * letter. */
static gboolean are_ids(const char *const *texts)
{
    for (; *texts; texts++) {
        gsize length = strlen(*texts);

        if (length == 0 || length > ID_MAX ||
            strspn(*texts, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_.") != length)
            return FALSE;
    }
    return TRUE;
}

static gboolean is_digest(const char *text)
{
    return strlen(text) == DIGEST_DIGITS && strspn(text, "0123456789abcdef") == DIGEST_DIGITS;
}

static gboolean check(const RemotePlan *plan, GError **error)
{
    if (!reading_end(plan->reading, error))
        return FALSE;
    if (are_ids(plan->to) && is_digest(plan->digest))
        return TRUE;
    error_set(error, ERROR_DAEMON_ANSWER, "the daemon's answer is not understood: %s",
              is_digest(plan->digest) ? "/to has what is no revision id"
                                      : "/digest should be 64 hexadecimal digits");
    return FALSE;
}

static void read_all(const Node *root, RemotePlan *plan)
{
    plan->direction = member_text(root, "direction");
    plan->from = member_texts(root, "from");
    plan->to = member_texts(root, "to");
    plan->digest = member_text(root, "digest");
    plan->expires_at = member_maybe_text(root, "expires_at");
    plan->steps = read_list(root, "steps", sizeof(RemoteStep), &plan->step_count, read_step);
    plan->losses = read_list(root, "losses", sizeof(RemoteLoss), &plan->loss_count, read_loss);
    plan->irreversible = read_list(root, "irreversible", sizeof(RemoteIrreversible),
                                   &plan->irreversible_count, read_irreversible);
    plan->instances =
        read_list(root, "instances", sizeof(RemoteInstance), &plan->instance_count, read_instance);
    plan->refusals =
        read_list(root, "refusals", sizeof(RemoteRefusal), &plan->refusal_count, read_refusal);
}

RemotePlan *remote_plan_read(const char *text, gsize length, GError **error)
{
    Reading *reading = reading_new(text, length, error);
    g_autoptr(RemotePlan) plan = NULL;
    Node root;

    if (!reading)
        return NULL;
    plan = g_new0(RemotePlan, 1);
    plan->reading = reading;
    plan->document = g_strndup(text, length);
    root = reading_root(reading);
    read_all(&root, plan);
    return check(plan, error) ? g_steal_pointer(&plan) : NULL;
}

void remote_plan_free(RemotePlan *plan)
{
    if (!plan)
        return;
    for (gsize i = 0; i < plan->refusal_count; i++)
        g_clear_error(&plan->refusals[i].error);
    reading_free(plan->reading);
    g_free(plan->document);
    g_free(plan);
}
