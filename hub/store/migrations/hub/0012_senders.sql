-- Whose record it is: another organisation's system cannot change it, nor say by waiting what it may not say at once.

alter table intake.revisions add column sender text not null default '';
comment on column intake.revisions.sender is 'The organisation whose system sent it; empty where the door did not know, and for national feeds.';
alter table intake.quarantine add column sender text not null default '';
alter table intake.quarantine add column agency text not null default '';
comment on column intake.quarantine.agency is 'The agency that binds its sender when it is tried again; empty where the door did not know.';
