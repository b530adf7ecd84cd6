noinst_LIBRARIES += src/adopt/libadopt.a
src_adopt_libadopt_a_SOURCES = \
	src/adopt/alembic.c src/adopt/alembic.h \
	src/adopt/child.c src/adopt/child.h \
	src/adopt/arrival.c src/adopt/arrival.h \
	src/adopt/filetool.c src/adopt/filetool.h \
	src/adopt/filetool_private.h \
	src/adopt/import.c src/adopt/import.h \
	src/adopt/interpreter.c src/adopt/interpreter.h \
	src/adopt/landing.c src/adopt/landing.h \
	src/adopt/position.c src/adopt/position.h \
	src/adopt/records.c src/adopt/records.h \
	src/adopt/tool_dbmate.c \
	src/adopt/tool_flyway.c \
	src/adopt/tool_golang_migrate.c \
	src/adopt/version.c src/adopt/version.h
src_adopt_libadopt_a_CPPFLAGS = $(ADOPT_CPPFLAGS)

# The program that an Alembic project's own Python runs: include "adopt/embedded.h".
adopt_programs = src/adopt/export_alembic.py
EXTRA_DIST += $(adopt_programs)
nodist_src_adopt_libadopt_a_SOURCES = src/adopt/embedded.c src/adopt/embedded.h
BUILT_SOURCES += src/adopt/embedded.h
CLEANFILES += src/adopt/embedded.c src/adopt/embedded.h
src/adopt/embedded.c: $(adopt_programs) $(EMBED_SQL) src/adopt/local.mk
	$(embed_sql) --prefix program --source $@ $(adopt_programs)
src/adopt/embedded.h: $(adopt_programs) $(EMBED_SQL) src/adopt/local.mk
	$(embed_sql) --prefix program --header $@ $(adopt_programs)
$(src_adopt_libadopt_a_OBJECTS): src/adopt/embedded.h
