/* The commands of migrations.post_write: what a project does with each new revision file, a
 * formatter or a linter. */
#pragma once

#include <glib.h>

#include "base/cancel.h"

/* Runs each command on the file, in order, without a shell; the word REVISION_SCRIPT_FILENAME in it
 * stands for `path`, which is its last word when it has no such word. What a command prints goes to
 * stderr, its input is empty. `tells`: each one is announced on stderr.
 *
 * The first one that cannot be started, fails or takes longer than five minutes ends it: ERROR_HOOK
 * names it and says how it ended. ERROR_CANCELLED when `cancel` was triggered. A command that does
 * not end by itself is ended with its whole process group. */
gboolean hooks_run(const char *const *commands, const char *path, gboolean tells, Cancel *cancel,
                   GError **error);
