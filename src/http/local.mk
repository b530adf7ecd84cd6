noinst_LIBRARIES += src/http/libhttp.a
src_http_libhttp_a_SOURCES = \
	src/http/accept.c src/http/accept.h \
	src/http/auth.c src/http/auth.h \
	src/http/delay.c src/http/delay.h \
	src/http/etag.c src/http/etag.h \
	src/http/internal.h \
	src/http/limits.c src/http/limits.h \
	src/http/listener.c src/http/listener.h \
	src/http/peer.c src/http/peer.h \
	src/http/reply.c src/http/reply.h \
	src/http/request.c src/http/request.h \
	src/http/respond.c src/http/respond.h \
	src/http/router.c src/http/router.h \
	src/http/server.c src/http/server.h \
	src/http/stream.c src/http/stream.h \
	src/http/tls.c src/http/tls.h src/http/tls_session.h \
	src/http/visitors.c src/http/visitors.h
src_http_libhttp_a_CPPFLAGS = $(HTTP_CPPFLAGS)
