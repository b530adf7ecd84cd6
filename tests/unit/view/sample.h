/* Graphs for the tests of view and api, from the texts of revision headers. */
#pragma once

#include "revision/graph.h"

/* `headers` is NULL-terminated; the file of revision ID is "/m/versions/ID_x.sql". Fails the test
 * when they do not make a graph. */
Graph *sample_graph(const char *const *headers);
