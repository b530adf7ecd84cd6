noinst_LIBRARIES += src/view/libview.a
src_view_libview_a_SOURCES = \
	src/view/answer.c src/view/answer.h \
	src/view/change.c src/view/change.h \
	src/view/document.c src/view/document.h src/view/document_private.h \
	src/view/drift.c src/view/drift.h src/view/drift_private.h \
	src/view/instance.c src/view/instance_private.h \
	src/view/operation.c src/view/operation.h src/view/operation_private.h \
	src/view/order.c src/view/order.h \
	src/view/preview.c src/view/preview.h \
	src/view/render.c src/view/render.h \
	src/view/schema.c src/view/schema.h \
	src/view/status.c \
	src/view/task.c src/view/task.h \
	src/view/usage_lines.c src/view/usage_lines.h \
	src/view/usage_read.c src/view/usage_read.h \
	src/view/usage_scan.c src/view/usage_scan.h \
	src/view/usage_stats.c src/view/usage_stats.h \
	src/view/usage_text.c src/view/usage_text.h \
	src/view/usage_write.c src/view/usage_write.h
src_view_libview_a_CPPFLAGS = $(VIEW_CPPFLAGS)
