/* The plan of a daemon's change, written for whoever has to say yes to it. Pure: a text with line
 * ends, whose control characters are the terminal's business. Nothing in it that comes from the
 * daemon can pass for a line of ours: names stay on one line, SQL is indented. */
#pragma once

#include "client/remote_plan.h"

/* g_free. */
char *plan_report(const RemotePlan *plan);

/* "3f2a9c1b7d10", "a,b", "base": what the database is going to be at, to be typed; g_free. */
char *plan_report_target(const RemotePlan *plan);
