/* Reading the status document. */
#include "client/standing.h"

#include "client/reading.h"

static void read_service(const Node *root, Standing *standing)
{
    Node service = node_member(root, "service");
    Node gate = node_member(root, "gate");

    standing->version = member_text(&service, "version");
    standing->instance = member_maybe_text(&service, "instance");
    standing->gate = member_maybe_text(&gate, "state");
    standing->gate_reason = member_maybe_text(&gate, "reason");
    standing->gate_since = member_maybe_text(&gate, "since");
}

static void read_database(const Node *root, Standing *standing)
{
    Node database = node_member(root, "database");

    standing->heads = member_texts(&database, "heads");
    if (node_is_absent(&database))
        return;
    standing->knows_database = TRUE;
    standing->database = member_text(&database, "name");
    standing->server_version = member_text(&database, "server_version");
    standing->in_recovery = member_boolean(&database, "in_recovery");
    standing->environment = member_maybe_text(&database, "environment");
    standing->is_foreign = member_maybe_boolean(&database, "foreign");
}

static void read_scripts(const Node *root, Standing *standing)
{
    Node scripts = node_member(root, "scripts");

    standing->directory = member_maybe_text(&scripts, "directory");
    standing->folders = member_texts(&scripts, "folders");
    standing->script_heads = member_texts(&scripts, "heads");
    standing->implied_heads = member_texts(&scripts, "implied_heads");
    standing->script_count = member_maybe_number(&scripts, "count");
}

static void read_pending(const Node *root, Standing *standing)
{
    Node list = node_member(root, "pending");

    standing->pending_count = node_count(&list);
    standing->pending =
        reading_alloc(list.reading, standing->pending_count, sizeof *standing->pending);
    for (gsize i = 0; i < standing->pending_count; i++) {
        Node item = node_item(&list, i);

        standing->pending[i] =
            (StandingPending){.revision = member_text(&item, "revision"),
                              .message = member_text(&item, "message"),
                              .down_revisions = member_texts(&item, "down_revision"),
                              .depends_on = member_texts(&item, "depends_on")};
    }
}

static void read_mismatched(const Node *root, Standing *standing)
{
    Node list = node_member(root, "mismatched");

    standing->mismatched_count = node_count(&list);
    standing->mismatched =
        reading_alloc(list.reading, standing->mismatched_count, sizeof *standing->mismatched);
    for (gsize i = 0; i < standing->mismatched_count; i++) {
        Node item = node_item(&list, i);

        standing->mismatched[i] = (StandingMismatch){.revision = member_text(&item, "revision"),
                                                     .path = member_text(&item, "path"),
                                                     .text = member_text(&item, "text")};
    }
}

static void read_hold(const Node *root, Standing *standing)
{
    Node hold = node_member(root, "hold");

    if (node_is_absent(&hold))
        return;
    standing->hold = reading_alloc(hold.reading, 1, sizeof *standing->hold);
    *standing->hold = (StandingHold){.target = member_text(&hold, "target"),
                                     .reason = member_maybe_text(&hold, "reason"),
                                     .since = member_text(&hold, "since"),
                                     .is_void = member_boolean(&hold, "void")};
}

static void read_half_run(const Node *root, Standing *standing)
{
    Node half_run = node_member(root, "half_run");

    if (node_is_absent(&half_run))
        return;
    standing->half_run = reading_alloc(half_run.reading, 1, sizeof *standing->half_run);
    *standing->half_run = (StandingHalfRun){
        .revision = member_text(&half_run, "revision"),
        .is_downgrade = g_str_equal(member_text(&half_run, "direction"), "downgrade"),
        .statements_run = member_number(&half_run, "statements_run"),
        .in_doubt = member_maybe_number(&half_run, "in_doubt"),
        .has_failed = member_maybe_text(&half_run, "sqlstate") != NULL,
        .awaits_mark = member_boolean(&half_run, "awaits_mark")};
}

static void read_lock(const Node *root, Standing *standing)
{
    Node lock = node_member(root, "lock");
    Node holder = node_member(&lock, "holder");

    standing->is_locked = member_maybe_boolean(&lock, "held");
    if (node_is_absent(&holder))
        return;
    standing->holder = reading_alloc(holder.reading, 1, sizeof *standing->holder);
    *standing->holder =
        (StandingHolder){.pid = member_number(&holder, "pid"),
                         .application_name = member_maybe_text(&holder, "application_name"),
                         .user = member_maybe_text(&holder, "user"),
                         .client = member_maybe_text(&holder, "client"),
                         .since = member_maybe_text(&holder, "since")};
}

static void read_instances(const Node *root, Standing *standing)
{
    Node list = node_member(root, "instances");

    standing->instance_count = node_count(&list);
    standing->instances =
        reading_alloc(list.reading, standing->instance_count, sizeof *standing->instances);
    for (gsize i = 0; i < standing->instance_count; i++) {
        Node item = node_item(&list, i);

        standing->instances[i] =
            (StandingInstance){.instance = member_text(&item, "instance"),
                               .host = member_maybe_text(&item, "host"),
                               .version = member_maybe_text(&item, "version"),
                               .required_revision = member_maybe_text(&item, "required_revision"),
                               .since = member_maybe_text(&item, "since"),
                               .pid = member_maybe_number(&item, "pid")};
    }
}

Standing *standing_read(const char *text, gsize length, GError **error)
{
    Reading *reading = reading_new(text, length, error);
    g_autoptr(Standing) standing = NULL;
    Node root;

    if (!reading)
        return NULL;
    standing = g_new0(Standing, 1);
    standing->reading = reading;
    root = reading_root(reading);
    read_service(&root, standing);
    read_database(&root, standing);
    read_scripts(&root, standing);
    read_pending(&root, standing);
    read_mismatched(&root, standing);
    standing->unknown = member_texts(&root, "unknown");
    read_hold(&root, standing);
    read_half_run(&root, standing);
    read_lock(&root, standing);
    read_instances(&root, standing);
    return reading_end(reading, error) ? g_steal_pointer(&standing) : NULL;
}

void standing_free(Standing *standing)
{
    if (!standing)
        return;
    reading_free(standing->reading);
    g_free(standing);
}
