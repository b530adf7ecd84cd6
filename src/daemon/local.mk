noinst_LIBRARIES += src/daemon/libdaemon.a
src_daemon_libdaemon_a_SOURCES = \
	src/daemon/admission.c src/daemon/admission.h \
	src/daemon/app.c src/daemon/app.h \
	src/daemon/archivist.c src/daemon/archivist.h \
	src/daemon/board.c src/daemon/board.h \
	src/daemon/bundle.c src/daemon/bundle.h \
	src/daemon/check.c \
	src/daemon/clerk.c src/daemon/clerk.h \
	src/daemon/echo.c src/daemon/echo.h \
	src/daemon/gate.c src/daemon/gate.h src/daemon/gate.def \
	src/daemon/ground.c src/daemon/ground.h \
	src/daemon/lifeline.c src/daemon/lifeline.h \
	src/daemon/listeners.c src/daemon/listeners.h \
	src/daemon/logsink.c src/daemon/logsink.h \
	src/daemon/mailbox.c src/daemon/mailbox.h \
	src/daemon/narrate.c src/daemon/narrate.h \
	src/daemon/notify.c src/daemon/notify.h \
	src/daemon/pulse.c src/daemon/pulse.h \
	src/daemon/recorder.c src/daemon/recorder.h \
	src/daemon/report.c src/daemon/report.h \
	src/daemon/required.c src/daemon/required.h \
	src/daemon/tally.c src/daemon/tally.h \
	src/daemon/verdict.c src/daemon/verdict.h \
	src/daemon/worker.c src/daemon/worker.h \
	src/daemon/worker_link.c src/daemon/worker_look.c src/daemon/worker_orders.c \
	src/daemon/worker_private.h
src_daemon_libdaemon_a_CPPFLAGS = $(DAEMON_CPPFLAGS)

sbin_PROGRAMS += src/pgsluiced
src_pgsluiced_SOURCES = src/daemon/main.c src/daemon/options.def
src_pgsluiced_CPPFLAGS = $(DAEMON_CPPFLAGS)
src_pgsluiced_LDADD = $(DAEMON_LIBS)
