check_PROGRAMS += \
	tests/unit/base/test_backoff \
	tests/unit/base/test_cancel \
	tests/unit/base/test_error \
	tests/unit/base/test_filename \
	tests/unit/base/test_nearest \
	tests/unit/base/test_secret \
	tests/unit/base/test_units \
	tests/unit/base/test_variables
tests_unit_base_test_backoff_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_base_test_backoff_LDADD = $(BASE_LIBS)
tests_unit_base_test_cancel_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_base_test_cancel_LDADD = $(BASE_LIBS)
tests_unit_base_test_error_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_base_test_error_LDADD = $(BASE_LIBS)
tests_unit_base_test_filename_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_base_test_filename_LDADD = $(BASE_LIBS)
tests_unit_base_test_secret_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_base_test_secret_LDADD = $(BASE_LIBS)
tests_unit_base_test_units_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_base_test_units_LDADD = $(BASE_LIBS)
tests_unit_base_test_nearest_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_base_test_nearest_LDADD = $(BASE_LIBS)
tests_unit_base_test_variables_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_base_test_variables_LDADD = $(BASE_LIBS)
