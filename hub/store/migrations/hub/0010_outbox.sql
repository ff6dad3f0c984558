-- What is to be noticed outside: written in the transaction of the event that it is about, sent afterwards, and marked
-- when the brokers have acknowledged it. It says that something changed in a child's story, and nothing else.

create table intake.outbox (
    number        bigint generated always as identity primary key,
    id            uuid        not null unique,
    child         uuid        not null,
    person_record uuid        not null,
    key           bytea       not null,
    at            timestamptz not null,
    sent_at       timestamptz
);
create index outbox_unsent on intake.outbox (number) where sent_at is null;
create index outbox_by_person_record on intake.outbox (person_record);
comment on table intake.outbox is 'Notices, in the order of the ledger; number never leaves the hub, because its gaps would be counts.';
comment on column intake.outbox.key is 'A keyed digest of the child: notices of one child keep their order, and name nobody.';

grant select, insert on intake.outbox to hub_writer;
grant select, update (sent_at), delete on intake.outbox to hub_projector;
