/* Opening the HTTP listeners that the configuration or the service manager asks for. */
#pragma once

#include "api/api.h"
#include "conf/conf.h"

/* Sockets handed over as "traffic" or "admin" replace that listener's addresses of the
 * configuration. A folder that does not exist is forgiven for the default admin socket alone. Logs
 * each URL. */
gboolean listeners_open(Api *api, const Conf *conf, GError **error);

/* Who may call the admin listener; again after each reload. */
void listeners_set_access(Api *api, const Conf *conf);
