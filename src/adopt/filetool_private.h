/* What a tool tells filetool.c: how its files are named, and what is in them. */
#pragma once

#include "adopt/filetool.h"

typedef enum { HISTORY_WHOLE, HISTORY_UP, HISTORY_DOWN, HISTORY_LEFT_OUT } HistoryKind;

/* One file by its name. Strings belong to the entry. */
typedef struct {
    HistoryKind kind;
    char *version;   /* as version.h has it */
    char *title;     /* the words of the name */
    const char *why; /* it is left out, for HISTORY_LEFT_OUT; static text */
    char *file;      /* its name */
} HistoryFile;

struct FileTool {
    const char *name;
    /* FALSE: the name is none of the tool's. Fills the entry's kind, version and title. */
    gboolean (*recognise)(const char *file, HistoryFile *entry);
    /* Puts the text of one file (valid UTF-8, no BOM, LF) into the arrival; takes no ownership.
     * `settings` is the text of the file's .conf, or NULL. `path` is for messages. */
    gboolean (*fill)(Arrival *arrival, const HistoryFile *entry, const char *text,
                     const char *settings, const char *path, GError **error);
};

extern const FileTool tool_dbmate;
extern const FileTool tool_golang_migrate;
extern const FileTool tool_flyway;

/* Takes `sql`. An empty one is no way back: it is left out and a note says so. */
void arrival_set_down(Arrival *arrival, char *sql);
