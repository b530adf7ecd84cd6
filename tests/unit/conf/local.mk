check_PROGRAMS += \
	tests/unit/conf/test_conf \
	tests/unit/conf/test_dotenv \
	tests/unit/conf/test_file \
	tests/unit/conf/test_keys \
	tests/unit/conf/test_sections \
	tests/unit/conf/test_variables
tests_unit_conf_test_conf_SOURCES = tests/unit/conf/test_conf.c tests/unit/conf/scratch.h
tests_unit_conf_test_conf_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_conf_test_conf_LDADD = $(CONF_LIBS)
tests_unit_conf_test_dotenv_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_conf_test_dotenv_LDADD = $(CONF_LIBS)
tests_unit_conf_test_file_SOURCES = tests/unit/conf/test_file.c tests/unit/conf/scratch.h
tests_unit_conf_test_file_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_conf_test_file_LDADD = $(CONF_LIBS)
tests_unit_conf_test_keys_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_conf_test_keys_LDADD = $(CONF_LIBS)
tests_unit_conf_test_sections_SOURCES = tests/unit/conf/test_sections.c tests/unit/conf/scratch.h
tests_unit_conf_test_sections_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_conf_test_sections_LDADD = $(CONF_LIBS)
tests_unit_conf_test_variables_SOURCES = tests/unit/conf/test_variables.c tests/unit/conf/scratch.h
tests_unit_conf_test_variables_CPPFLAGS = $(BASE_CPPFLAGS)
tests_unit_conf_test_variables_LDADD = $(CONF_LIBS)
