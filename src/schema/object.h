/* The objects of a database's schema as typed values. A struct a kind is expanded from objects.def;
 * all begin with an Object. They belong to their Catalog and never change. */
#pragma once

#include <glib.h>

typedef enum {
#define OBJECT(Type, KIND, slug, word) KIND_##KIND,
#include "schema/objects.def"
    KIND_COUNT,
} ObjectKind;

typedef struct Object Object;

/* What one object needs of another, as the server has recorded it. */
typedef struct {
    const Object *other;
    const char *column;     /* of `other`, which is a table, view or composite; NULL: all of it */
    const char *own_column; /* that needs it; NULL: the object as a whole */
    gboolean is_default;    /* the default of own_column, or what that is generated from */
} Use;

/* What every object has; what a kind does not have is NULL. */
struct Object {
    ObjectKind kind;
    char *schema; /* of a part (column, constraint, trigger...) its parent's */
    char *name;
    char *owner;
    char *comment;
    char **acl;      /* as the server has it: NULL for what `baseline` says, items in any order */
    char **baseline; /* the privileges that such an object has when it is new */
    char *identity;  /* kind, qualified name and argument types: 'function public.f(integer)' */
    char *reference; /* how DDL names it behind its word: public.f(integer), t ON public.x */
    const Object *parent; /* of a part: what it is part of; of an owned sequence: its table */
    GPtrArray *parts;     /* of const Object *: the sequences that a table's columns own, then a
                             table's, view's or composite's columns in their order; a domain's
                             constraints; NULL: none */
    GPtrArray *needs;     /* of const Object *: what must be there before it, each once, sorted by
                             identity; NULL: nothing of the model */
    GPtrArray *default_needs; /* of a table or view: what only its columns' defaults need */
    GArray *uses;             /* of Use: `needs` and `default_needs` by column, and what one column
                                 of the object needs of another; NULL: nothing */
};

#define OBJECT(Type, KIND, slug, word)                                                             \
    typedef struct {                                                                               \
        Object base;
#define TEXT(Type, field) char *field;
#define TEXTS(Type, field) char **field;
#define FLAG(Type, field) gboolean field;
#define NUMBER(Type, field) gint64 field;
#define LETTER(Type, field) char field;
#define END(Type)                                                                                  \
    }                                                                                              \
    Type;
#include "schema/objects.def"

typedef enum { FIELD_TEXT, FIELD_TEXTS, FIELD_FLAG, FIELD_NUMBER, FIELD_LETTER } FieldType;

typedef struct {
    const char *name;
    FieldType type;
    gsize offset;
} Field;

/* The row of objects.def. */
typedef struct {
    const char *slug; /* "operator_class", for identities and documents */
    const char *word; /* "OPERATOR CLASS" */
    gsize size;
    const Field *fields; /* `count` of them */
    gsize count;
} KindTraits;

/* Static. */
const KindTraits *kind_traits(ObjectKind kind);
/* Whether it stands inside of its parent's text: a column, a domain's constraint. */
gboolean object_is_inner(const Object *object);
/* What SQL calls this one in COMMENT ON and ALTER: a table that is foreign is a FOREIGN TABLE. */
const char *object_word(const Object *object);

/* The field of an object of the right kind; the result lives as long as the catalog. */
#define FIELD_AT(object, field, type) ((type *)(void *)((char *)(object) + (field)->offset))
