noinst_LIBRARIES += src/cli/libcli.a
src_cli_libcli_a_SOURCES = \
	src/cli/ask.c src/cli/ask.h \
	src/cli/change.c src/cli/change.h \
	src/cli/cli.c src/cli/cli.h \
	src/cli/complete.c src/cli/complete.h \
	src/cli/draft.c src/cli/draft.h \
	src/cli/escape.c src/cli/escape.h \
	src/cli/follow.c src/cli/follow.h \
	src/cli/format.c src/cli/format.h \
	src/cli/gate_wait.c src/cli/gate_wait.h \
	src/cli/generate.c src/cli/generate.h \
	src/cli/hooks.c src/cli/hooks.h \
	src/cli/import_report.c src/cli/import_report.h \
	src/cli/keeper.c src/cli/keeper.h \
	src/cli/neighbour.c src/cli/neighbour.h \
	src/cli/options.c src/cli/options.h \
	src/cli/plan_report.c src/cli/plan_report.h \
	src/cli/progress.c src/cli/progress.h \
	src/cli/remote.c src/cli/remote.h \
	src/cli/repair.c src/cli/repair.h \
	src/cli/report.c src/cli/report.h \
	src/cli/scaffold.c src/cli/scaffold.h \
	src/cli/snapshot.c src/cli/snapshot.h \
	src/cli/sql_mode.c src/cli/sql_mode.h \
	src/cli/terminal.c src/cli/terminal.h \
	src/cli/verb.c src/cli/verb.h src/cli/verbs.def \
	src/cli/verb_audit.c \
	src/cli/verb_branches.c \
	src/cli/verb_check.c \
	src/cli/verb_cluster.c \
	src/cli/verb_complete.c \
	src/cli/verb_completion.c \
	src/cli/verb_current.c \
	src/cli/verb_downgrade.c \
	src/cli/verb_diff.c \
	src/cli/verb_drift.c \
	src/cli/verb_dump.c \
	src/cli/verb_edit.c \
	src/cli/verb_ensure_version.c \
	src/cli/verb_heads.c \
	src/cli/verb_help.c \
	src/cli/verb_history.c \
	src/cli/verb_hold.c \
	src/cli/verb_import.c \
	src/cli/verb_init.c \
	src/cli/verb_list_templates.c \
	src/cli/verb_merge.c \
	src/cli/verb_plan.c \
	src/cli/verb_release.c \
	src/cli/verb_repair.c \
	src/cli/verb_revision.c \
	src/cli/verb_rollback.c \
	src/cli/verb_run.c \
	src/cli/verb_show.c \
	src/cli/verb_stamp.c \
	src/cli/verb_status.c \
	src/cli/verb_token.c \
	src/cli/verb_upgrade.c \
	src/cli/verb_verify.c \
	src/cli/verb_wait.c \
	src/cli/waiting.c src/cli/waiting.h \
	src/cli/word.c src/cli/word.h
src_cli_libcli_a_CPPFLAGS = $(CLI_CPPFLAGS)

# What `pgsluice init` makes; installed, too, as examples for templates of one's own.
project_templates = \
	templates/generic/README \
	templates/generic/pgsluice.conf.in \
	templates/generic/scripts/models/.gitkeep \
	templates/generic/scripts/revision.sql.in \
	templates/generic/scripts/versions/.gitkeep \
	templates/modules/README \
	templates/modules/pgsluice.conf.in \
	templates/modules/scripts/billing/.gitkeep \
	templates/modules/scripts/core/.gitkeep \
	templates/modules/scripts/models/.gitkeep \
	templates/modules/scripts/revision.sql.in \
	templates/multidb/README \
	templates/multidb/pgsluice.conf.in \
	templates/multidb/scripts/analytics/models/.gitkeep \
	templates/multidb/scripts/analytics/revision.sql.in \
	templates/multidb/scripts/analytics/versions/.gitkeep \
	templates/multidb/scripts/app/models/.gitkeep \
	templates/multidb/scripts/app/revision.sql.in \
	templates/multidb/scripts/app/versions/.gitkeep
EXTRA_DIST += $(project_templates)
nodist_src_cli_libcli_a_SOURCES = src/cli/scaffold_rows.c
CLEANFILES += src/cli/scaffold_rows.c
src/cli/scaffold_rows.c: $(project_templates) scripts/embed-templates src/cli/local.mk
	$(AM_V_GEN)$(top_srcdir)/scripts/embed-templates --srcdir $(top_srcdir) $@ $(project_templates)

# The scripts for shells: installed, and embedded for `pgsluice completion` as completion_<name>.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = src/cli/completion/pgsluice
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = src/cli/completion/_pgsluice
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = src/cli/completion/pgsluice.fish
completions = $(dist_bashcompletion_DATA) $(dist_zshcompletion_DATA) $(dist_fishcompletion_DATA)
nodist_src_cli_libcli_a_SOURCES += src/cli/completion_cli.c src/cli/completion_cli.h
BUILT_SOURCES += src/cli/completion_cli.h
CLEANFILES += src/cli/completion_cli.c src/cli/completion_cli.h
src/cli/completion_cli.c: $(completions) $(EMBED_SQL) src/cli/local.mk
	$(embed_sql) --prefix completion --source $@ $(completions)
src/cli/completion_cli.h: $(completions) $(EMBED_SQL) src/cli/local.mk
	$(embed_sql) --prefix completion --header $@ $(completions)
$(src_cli_libcli_a_OBJECTS): src/cli/completion_cli.h

bin_PROGRAMS += src/pgsluice
src_pgsluice_SOURCES = src/cli/main.c
src_pgsluice_CPPFLAGS = $(CLI_CPPFLAGS)
src_pgsluice_LDADD = $(CLI_LIBS)
