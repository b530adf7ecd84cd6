noinst_LIBRARIES += src/db/libdb.a
src_db_libdb_a_SOURCES = \
	src/db/aside.c src/db/aside.h \
	src/db/cluster.c src/db/cluster.h src/db/cluster_private.h \
	src/db/cluster_owner.c \
	src/db/cluster_place.c \
	src/db/cluster_process.c \
	src/db/conn.c src/db/conn.h src/db/conn_private.h \
	src/db/conn_copy.c \
	src/db/conn_exec.c \
	src/db/conn_open.c \
	src/db/conn_pipeline.c \
	src/db/conn_wait.c \
	src/db/dsn.c src/db/dsn.h src/db/dsn_private.h \
	src/db/dsn_url.c \
	src/db/lock.c src/db/lock.h \
	src/db/login_error.c \
	src/db/pool.c src/db/pool.h src/db/pool_private.h \
	src/db/pool_opener.c \
	src/db/pool_session.c \
	src/db/pooler.c src/db/pooler.h \
	src/db/query.c src/db/query.h \
	src/db/quote.c \
	src/db/result.c src/db/result.h \
	src/db/sqlerror.c
src_db_libdb_a_CPPFLAGS = $(DB_CPPFLAGS)

# The queries: include "db/sql_db.h".
db_queries = src/db/q/lock_holder.sql src/db/q/lock_holder_pid.sql
EXTRA_DIST += $(db_queries)
nodist_src_db_libdb_a_SOURCES = src/db/sql_db.c src/db/sql_db.h
BUILT_SOURCES += src/db/sql_db.h
CLEANFILES += src/db/sql_db.c src/db/sql_db.h
src/db/sql_db.c: $(db_queries) $(EMBED_SQL) src/db/local.mk
	$(embed_sql) --source $@ $(db_queries)
src/db/sql_db.h: $(db_queries) $(EMBED_SQL) src/db/local.mk
	$(embed_sql) --header $@ $(db_queries)
$(src_db_libdb_a_OBJECTS): src/db/sql_db.h
