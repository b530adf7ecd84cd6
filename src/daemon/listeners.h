/* Opening the HTTP listeners that the configuration or the service manager asks for. */
#pragma once

#include "api/api.h"
#include "daemon/bundle.h"

/* Sockets handed over as "traffic" or "admin" (with "-tls" behind that, they speak TLS) replace
 * that listener's addresses of the configuration. Those of the configuration are left to a service
 * manager that keeps them, and taken from it where the daemon before this one has done so. A folder
 * that does not exist is forgiven for the default admin socket alone. Logs each URL. */
gboolean listeners_open(Api *api, const Bundle *bundle, GError **error);

/* ERROR_CONFIG when the listeners that are open must not take the tokens of `conf`. */
gboolean listeners_check(Api *api, const Conf *conf, GError **error);

/* Who may call, and what new TLS connections speak; again after each reload. */
void listeners_set_access(Api *api, const Admission *admission);
