/* What the two files of models share. */
#pragma once

#include "engine/models.h"

/* The output of source->command; g_free. */
char *models_run_command(const ModelsSource *source, Cancel *cancel, GError **error);
