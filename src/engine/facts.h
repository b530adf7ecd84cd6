/* What the state schema keeps of a revision that is applied, as record_step and its like take it.
 */
#pragma once

#include "engine/pairs.h"
#include "revision/file.h"

/* Checksums, texts (redacted; of a down section with a password in it nothing is kept) and header.
 */
void facts_add(Pairs *facts, const Revision *revision, const RevisionBody *body);
