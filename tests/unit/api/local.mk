check_PROGRAMS += tests/unit/api/test_api
tests_unit_api_test_api_SOURCES = tests/unit/api/test_api.c \
	tests/unit/http/client.c tests/unit/http/client.h \
	tests/unit/view/sample.c tests/unit/view/sample.h
tests_unit_api_test_api_CPPFLAGS = $(API_CPPFLAGS)
tests_unit_api_test_api_LDADD = $(API_LIBS)

check_PROGRAMS += tests/unit/api/test_access
tests_unit_api_test_access_SOURCES = tests/unit/api/test_access.c \
	tests/unit/http/client.c tests/unit/http/client.h
tests_unit_api_test_access_CPPFLAGS = $(API_CPPFLAGS)
tests_unit_api_test_access_LDADD = $(API_LIBS)

check_PROGRAMS += tests/unit/api/test_origin
tests_unit_api_test_origin_CPPFLAGS = $(API_CPPFLAGS)
tests_unit_api_test_origin_LDADD = $(API_LIBS)
