/* The metrics that every program has, by the names that dashboards know. */
#pragma once

/* Reads processor time, memory and descriptors of this process into its metrics. What the system
 * does not tell stays as it was. */
void process_metrics_read(void);
