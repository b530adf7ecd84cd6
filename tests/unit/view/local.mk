check_PROGRAMS += tests/unit/view/test_status
tests_unit_view_test_status_SOURCES = tests/unit/view/test_status.c \
	tests/unit/view/sample.c tests/unit/view/sample.h
tests_unit_view_test_status_CPPFLAGS = $(VIEW_CPPFLAGS)
tests_unit_view_test_status_LDADD = $(VIEW_LIBS)

check_PROGRAMS += tests/unit/view/test_document
tests_unit_view_test_document_SOURCES = tests/unit/view/test_document.c \
	tests/unit/view/sample.c tests/unit/view/sample.h
tests_unit_view_test_document_CPPFLAGS = $(VIEW_CPPFLAGS)
tests_unit_view_test_document_LDADD = $(VIEW_LIBS)

check_PROGRAMS += tests/unit/view/test_answer
tests_unit_view_test_answer_CPPFLAGS = $(VIEW_CPPFLAGS)
tests_unit_view_test_answer_LDADD = $(VIEW_LIBS)

check_PROGRAMS += tests/unit/view/test_order
tests_unit_view_test_order_CPPFLAGS = $(VIEW_CPPFLAGS)
tests_unit_view_test_order_LDADD = $(VIEW_LIBS)

check_PROGRAMS += tests/unit/view/test_usage_read
tests_unit_view_test_usage_read_CPPFLAGS = $(VIEW_CPPFLAGS)
tests_unit_view_test_usage_read_LDADD = $(VIEW_LIBS)

check_PROGRAMS += tests/unit/view/test_usage_write
tests_unit_view_test_usage_write_CPPFLAGS = $(VIEW_CPPFLAGS)
tests_unit_view_test_usage_write_LDADD = $(VIEW_LIBS)

check_PROGRAMS += tests/unit/view/test_usage_text
tests_unit_view_test_usage_text_CPPFLAGS = $(VIEW_CPPFLAGS)
tests_unit_view_test_usage_text_LDADD = $(VIEW_LIBS)
