-- What intake must know before it appends: which versions of a record are held, and what waits for a person.

create schema intake;

create table intake.revisions (
    stream        uuid   not null,
    revision      bigint not null,
    version       bytea  not null,
    fingerprint   bytea  not null,
    person_record uuid   not null,
    retracted     boolean not null,
    source_order  text collate "C" not null,
    primary key (stream, revision)
);
comment on table intake.revisions is 'One row for each event of a record stream; rebuilt from the ledger.';

create table intake.heads (
    stream  uuid primary key,
    version bigint not null
);
comment on table intake.heads is 'The newest version of the streams where two people may race; rebuilt from the ledger.';

create table intake.quarantine (
    id          uuid primary key,
    kind        text        not null check (kind in ('quarantined', 'conflict')),
    source      text        not null,
    reason      text        not null,
    place       text        not null,
    message     text        not null,
    next_step   text        not null,
    media_type  text        not null,
    bytes       bigint      not null,
    fingerprint bytea       not null unique,
    sealed      bytea       not null,
    received_at timestamptz not null default clock_timestamp()
);
comment on table intake.quarantine is 'Records that could not be placed, whole and sealed, with the reason and the way to mend them.';

grant usage on schema intake to hub_writer, hub_reader, hub_projector;
grant select, insert on intake.revisions to hub_writer;
grant select, insert, update on intake.heads to hub_writer;
grant select, insert on intake.quarantine to hub_writer;
grant select, insert, update, truncate on intake.revisions, intake.heads to hub_projector;
