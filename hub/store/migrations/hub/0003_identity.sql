-- The register of children: which agency's record of a person belongs to which child, as the identity
-- events say. Every table here is rebuilt from the ledger.

create schema identity;

create table identity.links (
    person_record uuid        not null,
    child         uuid        not null,
    certain       boolean     not null,
    known_from    timestamptz not null,
    known_to      timestamptz not null default 'infinity',
    position      bigint      not null,
    primary key (person_record, position)
);
create unique index one_child_at_a_time on identity.links (person_record) where known_to = 'infinity';
create index links_by_child on identity.links (child, known_to);

create table identity.identifiers (
    system        text   not null,
    digest        bytea  not null,
    person_record uuid   not null,
    usable        boolean not null,
    primary key (system, digest, person_record)
);
comment on column identity.identifiers.digest is 'A keyed digest for looking up; the value itself is sealed in the ledger.';
create index identifiers_by_person_record on identity.identifiers (person_record);

create table identity.statements (
    person_record uuid        not null,
    fingerprint   bytea       not null,
    family        text        not null,
    given         text[]      not null,
    birth_dates   text[]      not null,
    restricted    boolean     not null,
    known_from    timestamptz not null,
    position      bigint      not null,
    primary key (person_record, fingerprint)
);

create table identity.questions (
    person_record uuid        not null,
    reason        text        not null,
    candidates    uuid[]      not null,
    asked_at      timestamptz not null,
    position      bigint      not null,
    primary key (person_record, reason)
);
comment on table identity.questions is 'What the hub would not decide alone: listed for a person.';

grant usage on schema identity to hub_writer, hub_reader, hub_projector;
grant select, insert, update on identity.links, identity.identifiers, identity.statements, identity.questions to hub_writer;
grant select on identity.links, identity.identifiers, identity.statements to hub_reader;
grant select, insert, update, truncate on identity.links, identity.identifiers, identity.statements, identity.questions to hub_projector;
