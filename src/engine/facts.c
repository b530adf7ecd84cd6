/* From a revision to its facts. */
#include "engine/facts.h"

#include "db/result.h"
#include "engine/script.h"

static void add_list(Pairs *facts, const char *name, char *const *items)
{
    g_autofree char *list = text_array_format((const char *const *)items);

    pairs_add(facts, name, list);
}

void facts_add(Pairs *facts, const Revision *revision, const RevisionBody *body)
{
    g_autofree char *down_sql = script_down_to_keep(body);

    pairs_add(facts, "revision", revision->id);
    pairs_add(facts, "up_checksum", body->up.checksum);
    pairs_add_redacted(facts, "up_sql", body->up.text);
    pairs_add(facts, "down_checksum", body->down.text ? body->down.checksum : NULL);
    pairs_add(facts, "down_sql", down_sql);
    pairs_add_redacted(facts, "message", revision->message);
    add_list(facts, "down_revisions", revision->down_revisions);
    add_list(facts, "depends_on", revision->depends_on);
    add_list(facts, "labels", revision->labels);
    pairs_add(facts, "is_transactional", revision->transaction == TRANSACTION_AUTO ? "yes" : NULL);
}
