/* The calls of a rollback: ask for its plan, have it done, look at how it goes. */
#pragma once

#include "client/client.h"
#include "client/remote_operation.h"
#include "client/remote_plan.h"

typedef struct {
    const char *target;
    const char *reason; /* what follows only counts in a real call; NULL: not given */
    const char *digest; /* of the plan that is confirmed */
    const char *etag;   /* of the status that it rests on */
    const char *key;    /* the Idempotency-Key: the same call again is the same rollback */
    gboolean accepts_data_loss;
    gboolean accepts_drift;
} RollbackCall;

/* The dry run. */
RemotePlan *rollback_plan(Client *client, const RollbackCall *call, GError **error);

/* The real call; waits a moment for its end. An ERROR_DAEMON_UNREACHABLE does not say that it was
 * not begun: the same call, with the same key, may be made again. */
RemoteOperation *rollback_run(Client *client, const RollbackCall *call, GError **error);

/* How the operation with that id goes now. */
RemoteOperation *rollback_look(Client *client, const char *id, GError **error);
