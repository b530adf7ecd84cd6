check_PROGRAMS += tests/unit/http/test_auth
tests_unit_http_test_auth_CPPFLAGS = $(HTTP_CPPFLAGS)
tests_unit_http_test_auth_LDADD = $(HTTP_LIBS)

check_PROGRAMS += tests/unit/http/test_router
tests_unit_http_test_router_CPPFLAGS = $(HTTP_CPPFLAGS)
tests_unit_http_test_router_LDADD = $(HTTP_LIBS)

check_PROGRAMS += tests/unit/http/test_server
tests_unit_http_test_server_SOURCES = tests/unit/http/test_server.c \
	tests/unit/http/client.c tests/unit/http/client.h
tests_unit_http_test_server_CPPFLAGS = $(HTTP_CPPFLAGS)
tests_unit_http_test_server_LDADD = $(HTTP_LIBS)

check_PROGRAMS += tests/unit/http/test_accept
tests_unit_http_test_accept_CPPFLAGS = $(HTTP_CPPFLAGS)
tests_unit_http_test_accept_LDADD = $(HTTP_LIBS)
