/* Failpoints: named places where a test build (configure --enable-failpoints) can be made to die.
 * In any other build they are nothing.
 *
 * PGSLUICE_FAILPOINT=NAME:ACTION[:N] in the environment; the N-th time (default 1) that the process
 * passes FAILPOINT(NAME) it does ACTION: "kill" (SIGKILL to itself, as a crash or the kernel would)
 * or "stop" (SIGSTOP: it hangs until somebody continues or kills it). */
#pragma once

#ifdef ENABLE_FAILPOINTS
void failpoint_pass(const char *name);
#define FAILPOINT(name) failpoint_pass(name)
#else
#define FAILPOINT(name) ((void)0)
#endif
