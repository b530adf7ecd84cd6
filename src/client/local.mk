noinst_LIBRARIES += src/client/libclient.a
src_client_libclient_a_SOURCES = \
	src/client/client.c src/client/client.h \
	src/client/endpoint.c src/client/endpoint.h \
	src/client/libcurl.c src/client/libcurl.h \
	src/client/line.c src/client/line.h \
	src/client/problem.c src/client/problem.h src/client/problem.def \
	src/client/problem_private.h \
	src/client/reading.c src/client/reading.h \
	src/client/remote_operation.c src/client/remote_operation.h \
	src/client/remote_plan.c src/client/remote_plan.h \
	src/client/rollback.c src/client/rollback.h \
	src/client/standing.c src/client/standing.h
src_client_libclient_a_CPPFLAGS = $(CLIENT_CPPFLAGS)
