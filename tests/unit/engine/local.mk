check_PROGRAMS += \
	tests/unit/engine/test_fence \
	tests/unit/engine/test_integrity \
	tests/unit/engine/test_introspect \
	tests/unit/engine/test_migrate \
	tests/unit/engine/test_variables \
	tests/unit/engine/test_watch
engine_fixture = \
	tests/unit/engine/fixture.c tests/unit/engine/fixture.h \
	tests/lib/testdb.c tests/lib/testdb.h
tests_unit_engine_test_fence_SOURCES = tests/unit/engine/test_fence.c $(engine_fixture)
tests_unit_engine_test_fence_CPPFLAGS = $(ENGINE_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_engine_test_fence_LDADD = $(ENGINE_LIBS)
tests_unit_engine_test_integrity_SOURCES = tests/unit/engine/test_integrity.c $(engine_fixture)
tests_unit_engine_test_integrity_CPPFLAGS = $(ENGINE_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_engine_test_integrity_LDADD = $(ENGINE_LIBS)
tests_unit_engine_test_introspect_SOURCES = tests/unit/engine/test_introspect.c $(engine_fixture)
tests_unit_engine_test_introspect_CPPFLAGS = $(ENGINE_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_engine_test_introspect_LDADD = $(ENGINE_LIBS)
tests_unit_engine_test_migrate_SOURCES = tests/unit/engine/test_migrate.c $(engine_fixture)
tests_unit_engine_test_migrate_CPPFLAGS = $(ENGINE_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_engine_test_migrate_LDADD = $(ENGINE_LIBS)
tests_unit_engine_test_variables_SOURCES = tests/unit/engine/test_variables.c $(engine_fixture)
tests_unit_engine_test_variables_CPPFLAGS = $(ENGINE_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_engine_test_variables_LDADD = $(ENGINE_LIBS)
tests_unit_engine_test_watch_SOURCES = tests/unit/engine/test_watch.c $(engine_fixture)
tests_unit_engine_test_watch_CPPFLAGS = $(ENGINE_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_engine_test_watch_LDADD = $(ENGINE_LIBS)

check_PROGRAMS += tests/unit/engine/test_guards tests/unit/engine/test_preview
tests_unit_engine_test_guards_CPPFLAGS = $(ENGINE_CPPFLAGS)
tests_unit_engine_test_guards_LDADD = $(ENGINE_LIBS)
tests_unit_engine_test_preview_SOURCES = tests/unit/engine/test_preview.c $(engine_fixture)
tests_unit_engine_test_preview_CPPFLAGS = $(ENGINE_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_engine_test_preview_LDADD = $(ENGINE_LIBS)
