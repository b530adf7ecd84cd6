noinst_LIBRARIES += src/usage/libusage.a
src_usage_libusage_a_SOURCES = \
	src/usage/answer.c src/usage/answer.h \
	src/usage/columns.c src/usage/columns.h \
	src/usage/fields.def \
	src/usage/groups.def src/usage/parameters.def \
	src/usage/log.c src/usage/log.h \
	src/usage/partitions.c src/usage/partitions.h \
	src/usage/reader.c src/usage/reader.h \
	src/usage/record.c src/usage/record.h \
	src/usage/rows.c src/usage/rows.h \
	src/usage/search.c src/usage/search.h \
	src/usage/select.c src/usage/select.h \
	src/usage/server_time.h \
	src/usage/shape.c src/usage/shape.h \
	src/usage/store.c src/usage/store.h \
	src/usage/uuid.c src/usage/uuid.h \
	src/usage/windows.c src/usage/windows.h \
	src/usage/wire.c src/usage/wire.h
src_usage_libusage_a_CPPFLAGS = $(USAGE_CPPFLAGS)

# The queries: include "usage/sql_usage.h".
usage_queries = \
	src/usage/q/usage_ahead.sql \
	src/usage/q/usage_span.sql \
	src/usage/q/usage_bounds.sql \
	src/usage/q/usage_cut.sql \
	src/usage/q/usage_left.sql \
	src/usage/q/usage_partitions.sql \
	src/usage/q/usage_shape.sql
EXTRA_DIST += $(usage_queries)
nodist_src_usage_libusage_a_SOURCES = src/usage/sql_usage.c src/usage/sql_usage.h
BUILT_SOURCES += src/usage/sql_usage.h
CLEANFILES += src/usage/sql_usage.c src/usage/sql_usage.h
src/usage/sql_usage.c: $(usage_queries) $(EMBED_SQL) src/usage/local.mk
	$(embed_sql) --source $@ $(usage_queries)
src/usage/sql_usage.h: $(usage_queries) $(EMBED_SQL) src/usage/local.mk
	$(embed_sql) --header $@ $(usage_queries)
$(src_usage_libusage_a_OBJECTS): src/usage/sql_usage.h
