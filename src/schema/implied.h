/* Needs that follow from how the server works and that it does not record. Pure. */
#pragma once

#include "schema/catalog.h"

/* Adds them to the needs of the catalog's objects, which are sorted and have their recorded needs;
 * may add one twice. A foreign key to a partitioned table needs the indexes of all partitions, for
 * the referenced index is valid only then. A check that came from a parent needs the parent's. */
void implied_add(Catalog *catalog);
