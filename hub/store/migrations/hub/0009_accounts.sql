-- What lets every record be accounted for: receipts, the places in topics, what snapshots held, and what became of
-- what waited.

alter table intake.revisions add column source text not null default '';
alter table intake.revisions add column mapping text not null default '';
alter table intake.revisions add column original bytea not null default '';
comment on column intake.revisions.mapping is 'The version of the code lists and rules by which the record was read.';
comment on column intake.revisions.original is 'A keyed digest of the bytes it was read from: the same bytes read by another mapping are no conflict.';
create index revisions_by_source on intake.revisions (source, stream);

alter table intake.quarantine add column state text not null default 'waiting'
    check (state in ('waiting', 'settled', 'discarded'));
alter table intake.quarantine add column settled_at timestamptz;
alter table intake.quarantine add column settled_by text not null default '';
alter table intake.quarantine add column because text not null default '';
alter table intake.quarantine add column attempts int not null default 0;
create index quarantine_waiting on intake.quarantine (source, reason, received_at) where state = 'waiting';
grant update on intake.quarantine to hub_writer;

create table intake.receipts (
    id          uuid primary key,
    owner       text        not null,
    client      text        not null,
    door        text        not null check (door in ('file', 'http', 'kafka')),
    source      text        not null,
    absent      int         not null default 0,
    received_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz
);
create index receipts_by_owner on intake.receipts (owner, received_at desc, id);
comment on table intake.receipts is 'What was answered to whom; looked up by its owner alone. Without finished_at it was cut short.';

create table intake.receipt_parts (
    receipt uuid not null references intake.receipts (id),
    number  int  not null,
    results jsonb not null,
    primary key (receipt, number)
);
comment on table intake.receipt_parts is 'The outcomes of one batch, written in the transaction of its events: outcome, place, reason, message, next step.';

create table intake.positions (
    topic     text   not null,
    partition int    not null,
    next      bigint not null,
    moved_at  timestamptz not null default clock_timestamp(),
    primary key (topic, partition)
);
comment on table intake.positions is 'The next offset of each partition, moved in the transaction of the events that were read from it.';

create table intake.snapshots (
    scope  uuid primary key,
    newest text collate "C" not null
);
comment on table intake.snapshots is 'For what a publisher sends whole: the newest delivery that was whole.';

create table intake.sightings (
    stream        uuid primary key,
    scope         uuid not null,
    person_record uuid not null,
    seen          text collate "C" not null,
    asked         text collate "C" not null default ''
);
create index sightings_by_scope on intake.sightings (scope, seen);
comment on table intake.sightings is 'In which delivery each record of a snapshot source was last seen; what is missing is a question, never a deletion.';

grant select, insert, update on intake.receipts, intake.snapshots, intake.sightings, intake.positions to hub_writer;
grant select, insert on intake.receipt_parts to hub_writer;

-- The name of a file may say the term or the version of its records, and without it they could not be read again.
alter table ledger.originals add column sealed_name bytea;
comment on column ledger.originals.sealed_name is 'The name of the file it came in, sealed like the bytes; empty where it came in none.';

drop function ledger.keep_originals(uuid[], bigint[], text[], bytea[]);
create function ledger.keep_originals(ids uuid[], versions bigint[], media_types text[], sealed bytea[], names bytea[])
returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into ledger.originals (originator_id, originator_version, media_type, sealed, sealed_name)
    select * from unnest(ids, versions, media_types, sealed, names) on conflict do nothing
$$;
revoke all on function ledger.keep_originals(uuid[], bigint[], text[], bytea[], bytea[]) from public;
grant execute on function ledger.keep_originals(uuid[], bigint[], text[], bytea[], bytea[]) to hub_writer;
grant select on ledger.originals to hub_projector;
