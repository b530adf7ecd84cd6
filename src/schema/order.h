/* The order in which objects can be made. Pure. */
#pragma once

#include "schema/object.h"

typedef enum {
    STEP_CREATE,
    STEP_CREATE_BARE, /* without the columns' defaults: they need something that needs the table */
    STEP_DEFAULTS,    /* which follow here */
    STEP_OWNERSHIP,   /* a sequence is given to its column */
} StepKind;

typedef struct {
    StepKind kind;
    const Object *object;
} OrderStep;

/* An array of OrderStep that makes all of `objects` (const Object *, sorted as catalog_objects has
 * them; needs that are not among them count as there). Of what can come next always the first in
 * that order comes. What needs itself in a circle is ordered all the same: tables lose their
 * defaults for a while; a circle without such is cut at its first object, and making it may fail.
 */
GArray *order_objects(const GPtrArray *objects);
