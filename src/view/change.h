/* What leads from one schema to another as documents; see view/document.h for their form. */
#pragma once

#include "base/findings.h"
#include "engine/autogenerate.h"

/* {"renames":[{"from","to","sql"}],"operations":[{"operation","subject","statements":[],"loss",
 * "hazard","guard"}],"down":[...]|null,"irreversible_because","questions":[{"from","to"}],
 * "detected":[]}; what there is none of is null. */
char *change_document(const Change *change);
/* findings_document with "renames" and "operations": those of `change` in the same form, NULL
 * (null): not compared; "ok" only when there are none. */
char *check_document(const Findings *findings, guint files, const char *database,
                     const Change *change);
