check_PROGRAMS += tests/unit/client/test_endpoint
tests_unit_client_test_endpoint_CPPFLAGS = $(CLIENT_CPPFLAGS)
tests_unit_client_test_endpoint_LDADD = $(CLIENT_LIBS)

check_PROGRAMS += tests/unit/client/test_problem
tests_unit_client_test_problem_CPPFLAGS = $(CLIENT_CPPFLAGS)
tests_unit_client_test_problem_LDADD = $(CLIENT_LIBS)
