noinst_LIBRARIES += src/schema/libschema.a
src_schema_libschema_a_SOURCES = \
	src/schema/acl.c src/schema/acl.h \
	src/schema/builder.c src/schema/builder.h \
	src/schema/catalog.c src/schema/catalog.h src/schema/catalog_private.h \
	src/schema/ddl.c src/schema/ddl.h src/schema/ddl_private.h \
	src/schema/ddl_drop.c \
	src/schema/ddl_global.c \
	src/schema/ddl_relation.c \
	src/schema/ddl_table.c \
	src/schema/ddl_type.c \
	src/schema/detect.c src/schema/detect.h \
	src/schema/diff.c src/schema/diff.h src/schema/diff_plan.h src/schema/diff_private.h \
	src/schema/diff_above.c \
	src/schema/diff_anew.c \
	src/schema/diff_attached.c \
	src/schema/diff_code.c \
	src/schema/diff_column.c \
	src/schema/diff_common.c \
	src/schema/diff_constraint.c \
	src/schema/diff_hint.c \
	src/schema/diff_domain.c \
	src/schema/diff_index.c \
	src/schema/diff_make.c \
	src/schema/diff_move.c \
	src/schema/diff_options.c \
	src/schema/diff_order.c \
	src/schema/diff_partition.c \
	src/schema/diff_rename.c src/schema/diff_rename.h \
	src/schema/diff_other.c \
	src/schema/diff_retype.c src/schema/diff_retype.h \
	src/schema/diff_sequence.c \
	src/schema/diff_table.c \
	src/schema/diff_type.c \
	src/schema/diff_use.c src/schema/diff_use.h \
	src/schema/diff_view.c \
	src/schema/dump.c src/schema/dump.h \
	src/schema/filter.c src/schema/filter.h \
	src/schema/fingerprint.c src/schema/fingerprint.h \
	src/schema/identity.c src/schema/identity.h \
	src/schema/implied.c src/schema/implied.h \
	src/schema/keywords.def \
	src/schema/name.c src/schema/name.h \
	src/schema/object.c src/schema/object.h \
	src/schema/objects.def \
	src/schema/order.c src/schema/order.h \
	src/schema/platform_schemas.def \
	src/schema/textdiff.c src/schema/textdiff.h
src_schema_libschema_a_CPPFLAGS = $(SCHEMA_CPPFLAGS)
