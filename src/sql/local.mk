noinst_LIBRARIES += src/sql/libsql.a
src_sql_libsql_a_SOURCES = \
	src/sql/classify.c src/sql/classify.h \
	src/sql/copy.c src/sql/copy.h \
	src/sql/datablock.c src/sql/datablock.h \
	src/sql/expand.c src/sql/expand.h \
	src/sql/hints.c src/sql/hints.h \
	src/sql/locks.c src/sql/locks.h src/sql/locks.def \
	src/sql/losses.c src/sql/losses.h \
	src/sql/lexeme.c src/sql/lexeme.h \
	src/sql/nature.c src/sql/nature.h \
	src/sql/place.c src/sql/place.h \
	src/sql/psql.c src/sql/psql.h \
	src/sql/reference.c src/sql/reference.h \
	src/sql/scan.c src/sql/scan.h \
	src/sql/split.c src/sql/split.h \
	src/sql/tree.c src/sql/tree.h
src_sql_libsql_a_CPPFLAGS = $(SQL_CPPFLAGS)
