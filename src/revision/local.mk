noinst_LIBRARIES += src/revision/librevision.a
src_revision_librevision_a_SOURCES = \
	src/revision/body.c \
	src/revision/file.h \
	src/revision/graph.c src/revision/graph.h \
	src/revision/header.c \
	src/revision/inspect.c src/revision/inspect.h \
	src/revision/labels.c \
	src/revision/lines.c src/revision/lines.h \
	src/revision/link.c \
	src/revision/load.c src/revision/load.h \
	src/revision/nodes.h \
	src/revision/order.c \
	src/revision/plan.c src/revision/plan.h \
	src/revision/range.c src/revision/range.h \
	src/revision/read.c \
	src/revision/revision.c src/revision/revision.h \
	src/revision/section.c src/revision/section.h \
	src/revision/spec.c src/revision/spec.h \
	src/revision/spec_error.c \
	src/revision/spec_parts.h \
	src/revision/spec_text.c \
	src/revision/template.c src/revision/template.h
src_revision_librevision_a_CPPFLAGS = $(REVISION_CPPFLAGS)
