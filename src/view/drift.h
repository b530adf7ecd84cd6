/* Drift as documents; see view/document.h for their form. */
#pragma once

#include "engine/drift.h"

/* {"checked_at","state","reason","recorded_for":[],"recorded_at","heads":[],"count","objects":
 * [{"kind","name","change","diff"}]}: state is "same", "drifted" or "unknown" (reason says why
 * nothing could be compared), change "added", "removed" or "changed", diff the unified one of both
 * texts. */
char *drift_document(const Drift *drift);
