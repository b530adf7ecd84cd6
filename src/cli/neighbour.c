/* Telling an Alembic user whose files pgsluice does not read, before anything is said of a database
 * that is at none of the revision files. */
#include "cli/neighbour.h"

#include "adopt/alembic.h"
#include "cli/terminal.h"

void neighbour_note(const char *const *folders)
{
    for (; *folders; folders++) {
        if (!alembic_has_revisions(*folders))
            continue;
        terminal_note("%s has Alembic's revisions (.py), and none of pgsluice (.sql) yet\n"
                      "  next: pgsluice import alembic --adopt\n",
                      *folders);
        return;
    }
}
