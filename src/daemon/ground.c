/* Comparing the database with how it was last seen. */
#include "daemon/ground.h"

#include "base/error.h"

static char *describe(char **heads, const Hold *hold)
{
    g_autofree char *joined = g_strjoinv(" ", heads);

    return g_strconcat(joined, hold ? " held at " : "", hold ? hold->target : "", NULL);
}

void ground_clear(Ground *ground)
{
    ground_forget_tries(ground);
    ground_doubt(ground);
}

void ground_remember(Ground *ground, const Status *status)
{
    g_free(ground->seen);
    ground->seen = describe(status->heads, status->hold);
    ground->holder = status->holder ? status->holder->pid : 0;
    if (ground->has_tried) {
        g_free(ground->settled);
        ground->settled = g_strdup(ground->seen);
        ground->has_tried = FALSE;
    } else if (ground->settled && !g_str_equal(ground->settled, ground->seen)) {
        ground_forget_tries(ground);
    }
}

void ground_doubt(Ground *ground)
{
    g_clear_pointer(&ground->seen, g_free);
}

gboolean ground_has_moved(const Ground *ground, const DatabaseState *state,
                          const LockHolder *holder)
{
    g_autofree char *now = describe(state->heads, state->hold);

    return g_strcmp0(now, ground->seen) != 0 || (holder ? holder->pid : 0) != ground->holder;
}

void ground_note_try(Ground *ground, const GError *failure)
{
    g_free(ground->failure);
    ground->failure = failure ? error_describe_short(failure) : NULL;
    ground->has_tried = TRUE;
}

gboolean ground_is_settled(const Ground *ground)
{
    return ground->settled != NULL;
}

const char *ground_failure(const Ground *ground)
{
    return ground->failure;
}

void ground_forget_tries(Ground *ground)
{
    g_clear_pointer(&ground->settled, g_free);
    g_clear_pointer(&ground->failure, g_free);
    ground->has_tried = FALSE;
}
