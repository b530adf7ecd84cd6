/* Keeping the fence of a running program: a thread that watches the connection on which it is held,
 * and takes it again on a new one when that is lost. */
#pragma once

#include "cli/waiting.h"

typedef struct Keeper Keeper;

/* `waiting` is at its revision with the fence held; it is the keeper's until keeper_stop. Says on
 * stderr when the fence is lost, and when it stands again; `lost` (may be NULL) hears of the former
 * on the keeper's thread. `name` is that of the program. All must outlive the keeper. */
typedef void (*KeeperLost)(gpointer data);
Keeper *keeper_start(Waiting *waiting, const char *name, KeeperLost lost, gpointer data);
/* Ends the thread, and with it every wait that obeys cli_cancel. */
void keeper_stop(Keeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keeper, keeper_stop)
