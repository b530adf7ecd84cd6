/* Any answer of any server, read as each of the documents that a daemon sends: what is taken for
 * one must keep its promises. */
#include <string.h>

#include "client/client.h"
#include "client/line.h"
#include "client/problem.h"
#include "client/remote_operation.h"
#include "client/remote_plan.h"
#include "client/standing.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_problem(const char *text, gsize size)
{
    g_auto(ClientReply) reply = {.status = 409, .body = g_string_new_len(text, (gssize)size)};
    g_autoptr(GError) error = NULL;

    problem_set_error("a daemon", &reply, &error);
    g_assert_nonnull(error);
    g_assert_null(strchr(error->message, '\n'));
    g_assert_cmpuint(strlen(error->message), <=, LINE_MAX_MESSAGE + strlen("..."));
}

static void check_plan(const char *text, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RemotePlan) plan = remote_plan_read(text, size, &error);

    g_assert_true((plan == NULL) == (error != NULL));
    for (gsize i = 0; plan && plan->to[i]; i++)
        g_assert_true(*plan->to[i] && strlen(plan->to[i]) <= 32);
    for (gsize i = 0; plan && i < plan->step_count; i++)
        g_assert_nonnull(plan->steps[i].revision);
}

static void check_operation(const char *text, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RemoteOperation) operation = remote_operation_read(text, size, &error);

    g_assert_true((operation == NULL) == (error != NULL));
    if (operation) {
        g_assert_true(remote_operation_is_id(operation->id));
        g_assert_true((operation->state == REMOTE_FAILED) == (operation->error != NULL));
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const char *text = size > 0 ? (const char *)data : "";
    g_autoptr(Standing) standing = standing_read(text, size, NULL);

    check_problem(text, size);
    check_plan(text, size);
    check_operation(text, size);
    return 0;
}
