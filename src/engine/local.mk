noinst_LIBRARIES += src/engine/libengine.a
src_engine_libengine_a_SOURCES = \
	src/engine/accept.c src/engine/accept.h \
	src/engine/ahead.c src/engine/ahead.h \
	src/engine/alone.c src/engine/alone.h \
	src/engine/autogenerate.c src/engine/autogenerate.h \
	src/engine/baseline.c src/engine/baseline.h \
	src/engine/batch.c src/engine/batch.h \
	src/engine/breakage.c src/engine/breakage.h \
	src/engine/budget.c src/engine/budget.h \
	src/engine/catalog_guards.def \
	src/engine/change_text.c \
	src/engine/check.c src/engine/check.h \
	src/engine/confirm.c src/engine/confirm.h \
	src/engine/dialogue.c src/engine/dialogue.h \
	src/engine/doubt.c src/engine/doubt.h \
	src/engine/drift.c src/engine/drift.h \
	src/engine/environment.c src/engine/environment.h \
	src/engine/event.c src/engine/event.h \
	src/engine/execute.c src/engine/execute.h \
	src/engine/execution.c src/engine/execution.h \
	src/engine/exchange.c src/engine/exchange.h \
	src/engine/facts.c src/engine/facts.h \
	src/engine/failure.c src/engine/failure.h \
	src/engine/fence.c src/engine/fence.h \
	src/engine/foreign.c src/engine/foreign.h \
	src/engine/guards.c src/engine/guards.h src/engine/guards.def \
	src/engine/hold.c src/engine/hold.h \
	src/engine/instance.c src/engine/instance.h \
	src/engine/integrity.c src/engine/integrity.h \
	src/engine/introspect.c src/engine/introspect.h \
	src/engine/journal.c src/engine/journal.h \
	src/engine/ledger.c src/engine/ledger.h \
	src/engine/migrate.c src/engine/migrate.h \
	src/engine/models.c src/engine/models_command.c \
	src/engine/models.h src/engine/models_private.h \
	src/engine/offline.c src/engine/offline.h \
	src/engine/operations.c src/engine/operations.h \
	src/engine/overridden.c src/engine/overridden.h \
	src/engine/pairs.c src/engine/pairs.h \
	src/engine/preview.c src/engine/preview.h \
	src/engine/psql_script.c src/engine/psql_script.h \
	src/engine/probe.c src/engine/probe.h \
	src/engine/record.c src/engine/record.h \
	src/engine/recover.c src/engine/recover.h \
	src/engine/retry.c src/engine/retry.h \
	src/engine/run.c src/engine/run.h \
	src/engine/scratch.c src/engine/scratch.h \
	src/engine/script.c src/engine/script.h \
	src/engine/segment.c src/engine/segment.h \
	src/engine/segmented.c src/engine/segmented.h \
	src/engine/server.c src/engine/server.h \
	src/engine/session.c src/engine/session.h \
	src/engine/session_private.h \
	src/engine/settings.c src/engine/settings.h \
	src/engine/sight.c src/engine/sight.h \
	src/engine/stamp.c src/engine/stamp.h \
	src/engine/state.c \
	src/engine/stored.c src/engine/stored.h \
	src/engine/status.c src/engine/status.h \
	src/engine/step.c src/engine/step.h \
	src/engine/surroundings.c src/engine/surroundings.h \
	src/engine/tries.c src/engine/tries.h \
	src/engine/watch.c src/engine/watch.h \
	src/engine/workbench.c src/engine/workbench.h
src_engine_libengine_a_CPPFLAGS = $(ENGINE_CPPFLAGS)

# The queries: include "engine/sql_engine.h".
engine_queries = \
	src/engine/q/record_event.sql \
	src/engine/q/catalog_aggregate.sql \
	src/engine/q/catalog_aliases.sql \
	src/engine/q/catalog_cast.sql \
	src/engine/q/catalog_collation.sql \
	src/engine/q/catalog_column.sql \
	src/engine/q/catalog_composite.sql \
	src/engine/q/catalog_constraint.sql \
	src/engine/q/catalog_default_privilege.sql \
	src/engine/q/catalog_depend.sql \
	src/engine/q/catalog_domain.sql \
	src/engine/q/catalog_enum.sql \
	src/engine/q/catalog_event_trigger.sql \
	src/engine/q/catalog_extension.sql \
	src/engine/q/catalog_function.sql \
	src/engine/q/catalog_index.sql \
	src/engine/q/catalog_namespaces.sql \
	src/engine/q/catalog_operator.sql \
	src/engine/q/catalog_operator_class.sql \
	src/engine/q/catalog_operator_family.sql \
	src/engine/q/catalog_policy.sql \
	src/engine/q/catalog_publication.sql \
	src/engine/q/catalog_range.sql \
	src/engine/q/catalog_rule.sql \
	src/engine/q/catalog_schema.sql \
	src/engine/q/catalog_search_configuration.sql \
	src/engine/q/catalog_search_dictionary.sql \
	src/engine/q/catalog_search_parser.sql \
	src/engine/q/catalog_search_template.sql \
	src/engine/q/catalog_sequence.sql \
	src/engine/q/catalog_server.sql \
	src/engine/q/catalog_statistics.sql \
	src/engine/q/catalog_table.sql \
	src/engine/q/catalog_trigger.sql \
	src/engine/q/catalog_user_mapping.sql \
	src/engine/q/catalog_view.sql \
	src/engine/q/catalog_wrapper.sql \
	src/engine/q/claim_environment.sql \
	src/engine/q/columns.sql \
	src/engine/q/create_version_table.sql \
	src/engine/q/extensions.sql \
	src/engine/q/facts.sql \
	src/engine/q/fence_bar.sql \
	src/engine/q/fence_give_back.sql \
	src/engine/q/fence_lift.sql \
	src/engine/q/fence_take.sql \
	src/engine/q/foreign_dbmate.sql \
	src/engine/q/foreign_flyway.sql \
	src/engine/q/foreign_golang_migrate.sql \
	src/engine/q/instances.sql \
	src/engine/q/layout_1.sql \
	src/engine/q/ledger_end.sql \
	src/engine/q/may_identify.sql \
	src/engine/q/offline_alone.sql \
	src/engine/q/offline_guard.sql \
	src/engine/q/offline_parameters.sql \
	src/engine/q/offline_run.sql \
	src/engine/q/operation_begin.sql \
	src/engine/q/operation_end.sql \
	src/engine/q/operation_find.sql \
	src/engine/q/operations_expire.sql \
	src/engine/q/operations_running.sql \
	src/engine/q/overridden.sql \
	src/engine/q/presence.sql \
	src/engine/q/privileges.sql \
	src/engine/q/probe.sql \
	src/engine/q/read_applied.sql \
	src/engine/q/read_baseline.sql \
	src/engine/q/read_object_texts.sql \
	src/engine/q/read_objects.sql \
	src/engine/q/read_heads.sql \
	src/engine/q/read_journal.sql \
	src/engine/q/read_ledger.sql \
	src/engine/q/read_ledger_end.sql \
	src/engine/q/read_state.sql \
	src/engine/q/read_stored.sql \
	src/engine/q/record_accept.sql \
	src/engine/q/record_baseline.sql \
	src/engine/q/record_environment.sql \
	src/engine/q/record_failure_hold.sql \
	src/engine/q/record_hold.sql \
	src/engine/q/record_mark.sql \
	src/engine/q/record_release.sql \
	src/engine/q/record_segment.sql \
	src/engine/q/record_step.sql \
	src/engine/q/recorded_server.sql \
	src/engine/q/doubt.sql \
	src/engine/q/relations.sql \
	src/engine/q/extension_rows.sql \
	src/engine/q/release_locks.sql \
	src/engine/q/schema_rows.sql \
	src/engine/q/scratch_create.sql \
	src/engine/q/scratch_empty.sql \
	src/engine/q/scratch_left.sql \
	src/engine/q/scratch_look.sql \
	src/engine/q/scratch_roles.sql \
	src/engine/q/server_identity.sql \
	src/engine/q/settle_segment.sql \
	src/engine/q/stamp.sql \
	src/engine/q/verify_ledger.sql \
	src/engine/q/watch.sql
EXTRA_DIST += $(engine_queries)
nodist_src_engine_libengine_a_SOURCES = src/engine/sql_engine.c src/engine/sql_engine.h
BUILT_SOURCES += src/engine/sql_engine.h
CLEANFILES += src/engine/sql_engine.c src/engine/sql_engine.h
src/engine/sql_engine.c: $(engine_queries) $(EMBED_SQL) src/engine/local.mk
	$(embed_sql) --source $@ $(engine_queries)
src/engine/sql_engine.h: $(engine_queries) $(EMBED_SQL) src/engine/local.mk
	$(embed_sql) --header $@ $(engine_queries)
$(src_engine_libengine_a_OBJECTS): src/engine/sql_engine.h
