/* A small revision graph for the tests of this room: a base, a branch point, a merge, and a second
 * base whose head depends on the merge. Alembic 1.8 printed the expected lines for the same graph.
 */
#pragma once

#include "revision/graph.h"

Graph *fixture_graph(void);
