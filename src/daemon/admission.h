/* Who may call over HTTP, from configuration to rules: users and groups looked up, certificates
 * loaded. Immutable. */
#pragma once

#include "api/api.h"
#include "conf/conf.h"

typedef struct Admission Admission;

/* ERROR_CONFIG: a user or group that this host does not have, a subject that is none, certificates
 * and keys that cannot be used or are missing. `conf` must outlive it. */
Admission *admission_load(const Conf *conf, GError **error);
void admission_free(Admission *admission);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Admission, admission_free)

/* Belong to it; there is no TLS without http.tls_certificate: NULL. */
const ApiAccess *admission_access(const Admission *admission);
HttpTls *admission_tls(const Admission *admission);
/* Sentences; NULL-terminated, g_strfreev. */
char **admission_warnings(const Admission *admission);
