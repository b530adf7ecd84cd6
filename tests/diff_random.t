#!/usr/bin/perl
# timeout: 300 s
# Random schemas, and what random changes make of them: the same proof as tests/diff.t, with schemas that nobody thought
# of. Prints TAP, one line a pair; a pair that fails prints both states.
#
#   tests/diff_random.t [SEED [PAIRS]]
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use List::Util qw(first max shuffle);
use lib dirname(abs_path(__FILE__)) . '/schema';
use Cases;
use Proof;

my $seed = $ARGV[0] // 1;
my $pairs = $ARGV[1] // 120;
srand $seed;

my @types = ('integer', 'bigint', 'numeric(10,2)', 'text', 'varchar(20)', 'boolean', 'date', 'timestamptz', 'jsonb', 'uuid');
my %becomes = (    # with the value 1 in it
    'integer'       => ['bigint', 'numeric(10,2)', 'text'],
    'bigint'        => ['integer', 'text'],
    'numeric(10,2)' => ['integer', 'bigint'],
    'text'          => ['varchar(20)', 'integer'],
    'varchar(20)'   => ['text', 'bigint'],
    'date'          => ['timestamptz', 'text'],
    'd'             => ['integer'],
);
my @mutations = (
    \&add_column, \&add_column, \&drop_column, \&drop_column, \&change_type, \&change_type, \&flip_not_null,
    \&change_default, \&change_collation, \&move_column, \&add_index, \&drop_index, \&change_index, \&flip_key,
    \&add_check, \&drop_check, \&add_reference, \&drop_reference, \&add_table, \&drop_table, \&rename_table,
    \&rename_column, \&add_view, \&drop_view, \&add_label, \&change_function, \&flip_unlogged, \&flip_comment,
    \&add_partition, \&drop_partition, \&flip_identity, \&flip_trigger, \&flip_policy, \&change_owner,
);
my $number = 0;

my @cases = map { make_case($_) } 1 .. $pairs;
printf "1..%d\n", @cases + 1;
prove(@cases);
for my $case (@cases) {
    my $problem = problem_of($case->{schema});
    check("seed $seed, pair $case->{number}",
        defined $problem ? "$problem\n--- old\n$case->{old}\n--- new\n$case->{new}" : undef);
}
check('what is in no case\'s schema', problem_of('-'));
exit result();

sub make_case {
    my ($which) = @_;
    $number = 0;
    my $old = make_model();
    my $new = copy($old);
    $mutations[rand @mutations]->($new) for 1 .. 1 + int rand 8;
    return {
        number => $which, schema => sprintf('case_%03d', $which), rows => '',
        old => sql_of($old), new => sql_of($new), map { $_ => [] } qw(refused expect never rename)
    };
}

sub copy {
    my ($value) = @_;
    return { map { $_ => copy($value->{$_}) } keys %$value } if ref $value eq 'HASH';
    return [map { copy($_) } @$value] if ref $value eq 'ARRAY';
    return $value;
}

sub pick { return @_ ? $_[rand @_] : undef }
sub chance { return rand() < $_[0] }
sub name { return $_[0] . ++$number }

# --- Models ---------------------------------------------------------------------------------------

sub make_model {
    my $model = {
        labels => [map { "l$_" } 1 .. 2 + int rand 3], function => 1, tables => [], views => []
    };
    add_table($model) for 1 .. 2 + int rand 3;
    add_reference($model) if chance(0.7);
    add_view($model) for 1 .. int rand 3;
    return $model;
}

sub add_table {
    my ($model) = @_;
    my $table = {
        name => name('t'), columns => [], indexes => [], checks => [], references => [], parts => [], has_key => chance(0.7),
        unlogged => chance(0.1), has_trigger => chance(0.2), has_policy => chance(0.2)
    };
    push @{ $table->{columns} }, { name => 'id', type => 'integer', not_null => 1, default => '', identity => chance(0.3) };
    push @{ $table->{columns} }, make_column($table) for 1 .. 1 + int rand 5;
    if (chance(0.25)) {
        $table->{parts} = [map { { name => name('p'), value => $_ } } 1 .. 1 + int rand 3];
        $table->{unlogged} = $table->{columns}[0]{identity} = 0;
    }
    push @{ $model->{tables} }, $table;
    add_index_to($table) for 1 .. int rand 3;
    add_check_to($table) if chance(0.3);
}

sub make_column {
    my ($table) = @_;
    my $column = { name => name('c'), type => pick(@types, 'e', 'd'), not_null => chance(0.3), default => '' };
    $column->{default} = default_of($column) if chance(0.4) || $column->{not_null};
    if (chance(0.1)) {
        my $base = first { $_->{type} eq 'integer' && !$_->{from} } @{ $table->{columns} };
        @{$column}{qw(type from default not_null)} = ('integer', $base->{name}, '', 0) if $base;
    }
    return $column;
}

sub default_of {
    my ($column) = @_;
    my $type = $column->{type};
    return
          $type =~ /^(?:integer|bigint|numeric)/ ? pick(' DEFAULT 1', ' DEFAULT 7', ' DEFAULT f(1)')
        : $type eq 'd'                           ? ' DEFAULT 5'
        : $type =~ /^(?:text|varchar)/           ? pick(" DEFAULT '1'", " DEFAULT '22'")
        : $type eq 'boolean'                     ? ' DEFAULT true'
        : $type eq 'date'                        ? " DEFAULT '2026-01-15'"
        : $type eq 'timestamptz'                 ? pick(' DEFAULT now()', " DEFAULT '2026-01-15 00:00:00+00'")
        : $type eq 'jsonb'                       ? " DEFAULT '{}'"
        : $type eq 'uuid'                        ? ' DEFAULT gen_random_uuid()'
        :                                          " DEFAULT 'l1'";
}

# --- SQL ------------------------------------------------------------------------------------------

sub sql_of {
    my ($model) = @_;
    my $result = $model->{function} == 1 ? 'integer' : 'bigint';
    my $labels = join ', ', map {"'$_'"} @{ $model->{labels} };
    return join '', map {"$_;\n"}
        "CREATE TYPE e AS ENUM ($labels)",
        'CREATE DOMAIN d AS integer CHECK (VALUE > 0)',
        "CREATE FUNCTION f(integer) RETURNS $result LANGUAGE sql IMMUTABLE AS 'SELECT \$1 + 0::$result'",
        "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        (map { table_sql($_) } @{ $model->{tables} }),
        (map { references_sql($_) } @{ $model->{tables} }),
        map { view_sql($_) } @{ $model->{views} };
}

sub column_sql {
    my ($column) = @_;
    return "$column->{name} $column->{type}"
        . ($column->{collation} && $column->{type} eq 'text' ? ' COLLATE "C"' : '')
        . ($column->{from} ? " GENERATED ALWAYS AS ($column->{from} + 1) STORED" : $column->{default})
        . ($column->{identity} ? ' GENERATED BY DEFAULT AS IDENTITY' : '')
        . ($column->{not_null} ? ' NOT NULL' : '');
}

sub table_sql {
    my ($table) = @_;
    my $name = $table->{name};
    my @parts = @{ $table->{parts} };
    return (
        ($table->{unlogged} ? 'CREATE UNLOGGED' : 'CREATE') . " TABLE $name ("
            . join(', ', map { column_sql($_) } @{ $table->{columns} }) . ')' . (@parts ? ' PARTITION BY LIST (id)' : ''),
        (map {"CREATE TABLE $_->{name} PARTITION OF $name FOR VALUES IN ($_->{value})"} @parts),
        ($table->{has_key} ? "ALTER TABLE $name ADD PRIMARY KEY (id)" : ()),
        (map { "CREATE " . ($_->{unique} && !@parts ? 'UNIQUE ' : '') . "INDEX $_->{name} ON $name (" . join(', ', @{ $_->{columns} }) . ')' }
            @{ $table->{indexes} }),
        (map {"ALTER TABLE $name ADD CONSTRAINT $_->{name} CHECK ($_->{column} IS DISTINCT FROM NULL OR $_->{column} IS NULL)"} @{ $table->{checks} }),
        ($table->{has_trigger} ? "CREATE TRIGGER tr BEFORE INSERT ON $name FOR EACH ROW EXECUTE FUNCTION g()" : ()),
        ($table->{has_policy} ? "CREATE POLICY po ON $name USING (id > 0)" : ()),
        ($table->{comment} ? "COMMENT ON TABLE $name IS 'about $name'" : ()),
        ($table->{owner} ? "ALTER TABLE $name OWNER TO schema_case_owner_$$" : ())
    );
}

sub references_sql {
    my ($table) = @_;
    return map {"ALTER TABLE $table->{name} ADD CONSTRAINT $_->{name} FOREIGN KEY ($_->{column}) REFERENCES $_->{table}"}
        @{ $table->{references} };
}

sub view_sql {
    my ($view) = @_;
    my $kind = $view->{stored} ? 'MATERIALIZED VIEW' : 'VIEW';
    return "CREATE $kind $view->{name} AS SELECT " . join(', ', @{ $view->{columns} }) . " FROM $view->{table}";
}

# --- Changes --------------------------------------------------------------------------------------

sub tables { return @{ $_[0]{tables} } }
sub free_columns { return grep { $_->{name} ne 'id' } @{ $_[0]{columns} } }

sub is_referring {
    my ($table, $column) = @_;
    return grep { $_->{column} eq $column->{name} } @{ $table->{references} };
}

sub is_base {
    my ($table, $column) = @_;
    return grep { ($_->{from} // '') eq $column->{name} } @{ $table->{columns} };
}

# What names the column goes, too.
sub forget_column {
    my ($model, $table, $name) = @_;
    $table->{indexes} = [grep { my $index = $_; !grep { $_ eq $name } @{ $index->{columns} } } @{ $table->{indexes} }];
    $table->{$_} = [grep { $_->{column} ne $name } @{ $table->{$_} }] for qw(checks references);
    for my $view (grep { $_->{table} eq $table->{name} } @{ $model->{views} }) {
        $view->{columns} = [grep { $_ ne $name } @{ $view->{columns} }];
        push @{ $view->{columns} }, 'id' if !@{ $view->{columns} };
    }
}

sub add_column {
    my ($model) = @_;
    my $table = pick(tables($model)) // return;
    my $column = make_column($table);
    splice @{ $table->{columns} }, 1 + rand @{ $table->{columns} }, 0, $column;
    ($table->{columns}) = [sort { !!$a->{from} <=> !!$b->{from} } @{ $table->{columns} }];
}

sub drop_column {
    my ($model) = @_;
    my $table = pick(tables($model)) // return;
    my $column = pick(grep { !is_base($table, $_) } free_columns($table)) // return;
    $table->{columns} = [grep { $_ != $column } @{ $table->{columns} }];
    forget_column($model, $table, $column->{name});
}

sub rename_column {
    my ($model) = @_;
    my $table = pick(tables($model)) // return;
    my $column = pick(grep { !is_base($table, $_) } free_columns($table)) // return;
    forget_column($model, $table, $column->{name});
    $column->{name} = name('r');
}

sub change_type {
    my ($model) = @_;
    my $table = pick(tables($model)) // return;
    my $column = pick(grep { $becomes{ $_->{type} } && !is_referring($table, $_) && !$_->{from} } free_columns($table)) // return;
    my $type = pick(@{ $becomes{ $column->{type} } });
    return if is_base($table, $column) && $type !~ /int/;
    $column->{type} = $type;
    $column->{default} = $column->{default} eq '' ? '' : default_of($column);
}

sub flip_not_null {
    my ($model) = @_;
    my $column = pick(map { free_columns($_) } tables($model)) // return;
    $column->{not_null} = !$column->{not_null};
}

sub change_default {
    my ($model) = @_;
    my $column = pick(grep { !$_->{from} } map { free_columns($_) } tables($model)) // return;
    $column->{default} = chance(0.4) ? '' : default_of($column);
}

sub change_collation {
    my ($model) = @_;
    my $column = pick(grep { $_->{type} eq 'text' } map { free_columns($_) } tables($model)) // return;
    $column->{collation} = !$column->{collation};
}

sub move_column {
    my ($model) = @_;
    my $table = pick(tables($model)) // return;
    my ($id, @others) = @{ $table->{columns} };
    $table->{columns} = [$id, sort { !!$a->{from} <=> !!$b->{from} } shuffle(@others)];
}

sub flip_identity {
    my ($model) = @_;
    my $table = pick(grep { !@{ $_->{parts} } } tables($model)) // return;
    $table->{columns}[0]{identity} = !$table->{columns}[0]{identity};
}

sub indexed_columns {
    my ($table) = @_;
    my @names = map { $_->{name} } grep { $_->{type} ne 'jsonb' } @{ $table->{columns} };
    return [(shuffle(@names))[0 .. ($#names > 0 ? int rand 2 : 0)]];
}

sub add_index_to {
    my ($table) = @_;
    push @{ $table->{indexes} }, { name => name('i'), unique => chance(0.2), columns => indexed_columns($table) };
}

sub add_index { my $table = pick(tables($_[0])) // return; add_index_to($table) }

sub drop_index { my $table = pick(tables($_[0])) // return; shift @{ $table->{indexes} } }

sub change_index {
    my ($model) = @_;
    my $table = pick(grep { @{ $_->{indexes} } } tables($model)) // return;
    pick(@{ $table->{indexes} })->{columns} = indexed_columns($table);
}

sub add_check_to {
    my ($table) = @_;
    push @{ $table->{checks} }, { name => name('k'), column => pick(@{ $table->{columns} })->{name} };
}

sub add_check { my $table = pick(tables($_[0])) // return; add_check_to($table) }

sub drop_check { my $table = pick(tables($_[0])) // return; shift @{ $table->{checks} } }

sub flip_key {
    my ($model) = @_;
    my $table = pick(tables($model)) // return;
    $table->{has_key} = !$table->{has_key};
    forget_references($model, $table) if !$table->{has_key};
}

sub forget_references {
    my ($model, $table) = @_;
    $_->{references} = [grep { $_->{table} ne $table->{name} } @{ $_->{references} }] for tables($model);
}

sub add_reference {
    my ($model) = @_;
    my $table = pick(tables($model)) // return;
    my $other = pick(grep { $_->{has_key} && !$_->{unlogged} } tables($model)) // return;
    my $column = pick(grep { $_->{type} eq 'integer' && !$_->{from} && $_->{default} eq '' } free_columns($table)) // return;
    return if is_referring($table, $column) || $table->{unlogged};
    push @{ $table->{references} }, { name => name('x'), column => $column->{name}, table => $other->{name} };
}

sub drop_reference { my $table = pick(tables($_[0])) // return; shift @{ $table->{references} } }

sub drop_table {
    my ($model) = @_;
    my $table = pick(tables($model)) // return;
    forget_references($model, $table);
    $model->{tables} = [grep { $_ != $table } tables($model)];
    $model->{views} = [grep { $_->{table} ne $table->{name} } @{ $model->{views} }];
}

sub rename_table {
    my ($model) = @_;
    my $table = pick(tables($model)) // return;
    forget_references($model, $table);
    my $old = $table->{name};
    $table->{name} = name('n');
    $_->{table} = $table->{name} for grep { $_->{table} eq $old } @{ $model->{views} };
    $_->{name} = name('i') for @{ $table->{indexes} };
    $_->{name} = name('p') for @{ $table->{parts} };
}

sub add_view {
    my ($model) = @_;
    my $table = pick(tables($model)) // return;
    my @names = shuffle(map { $_->{name} } @{ $table->{columns} });
    push @{ $model->{views} },
        { name => name('v'), stored => chance(0.3), table => $table->{name}, columns => [@names[0 .. rand @names]] };
}

sub drop_view { shift @{ $_[0]{views} } }

sub add_label {
    my ($model) = @_;
    splice @{ $model->{labels} }, 1 + rand @{ $model->{labels} }, 0, name('l');
}

sub change_function { $_[0]{function} = 3 - $_[0]{function} }

sub flip_unlogged {
    my ($model) = @_;
    my $table = pick(grep { !@{ $_->{parts} } && !@{ $_->{references} } } tables($model)) // return;
    my $name = $table->{name};
    return if grep { $_->{table} eq $name } map { @{ $_->{references} } } tables($model);
    $table->{unlogged} = !$table->{unlogged};
}

sub flip_comment { my $table = pick(tables($_[0])) // return; $table->{comment} = !$table->{comment} }

sub flip_trigger { my $table = pick(tables($_[0])) // return; $table->{has_trigger} = !$table->{has_trigger} }

sub flip_policy { my $table = pick(tables($_[0])) // return; $table->{has_policy} = !$table->{has_policy} }

sub change_owner { my $table = pick(tables($_[0])) // return; $table->{owner} = !$table->{owner} }

sub add_partition {
    my ($model) = @_;
    my $table = pick(grep { @{ $_->{parts} } } tables($model)) // return;
    push @{ $table->{parts} }, { name => name('p'), value => 1 + max map { $_->{value} } @{ $table->{parts} } };
}

sub drop_partition {
    my ($model) = @_;
    my $table = pick(grep { @{ $_->{parts} } > 1 } tables($model)) // return;
    pop @{ $table->{parts} };
}
