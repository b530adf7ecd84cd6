/* The plan document of a dry run: a preview, the digest that confirms it, and what a real call
 * would meet. */
#pragma once

#include "engine/guards.h"

typedef struct {
    const Preview *preview;
    const char *digest;        /* confirm_issue's */
    gint64 expires_at;         /* microseconds since 1970 */
    const char *etag;          /* of the status document, with its quotes; NULL: not known */
    const GPtrArray *refusals; /* Refusal * */
} PreviewView;

/* {"direction","target","from":[],"to":[],"digest","expires_at","etag","reversible","steps":[...],
 * "losses":[],"irreversible":[],"instances":[],"drift":[],"refusals":[]}; see view/document.h for
 * the form. g_free. */
char *preview_document(const PreviewView *view);
