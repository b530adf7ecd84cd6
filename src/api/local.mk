noinst_LIBRARIES += src/api/libapi.a
src_api_libapi_a_SOURCES = \
	src/api/access.c src/api/access.h \
	src/api/api.c src/api/api.h \
	src/api/calls.c \
	src/api/desk.c src/api/desk.h \
	src/api/handlers.h \
	src/api/health.c \
	src/api/logins.c src/api/logins.h \
	src/api/meter.c src/api/meter.h \
	src/api/metrics.c \
	src/api/migrations.c \
	src/api/operations.c \
	src/api/origin.c src/api/origin.h \
	src/api/routes.def \
	src/api/snapshot.c src/api/snapshot.h \
	src/api/tracker.c src/api/tracker.h \
	src/api/usage_logs.c \
	src/api/usage_post.c src/api/usage_post.h \
	src/api/usage_readings.c \
	src/api/usage_stream.c src/api/usage_stream.h
src_api_libapi_a_CPPFLAGS = $(API_CPPFLAGS)
