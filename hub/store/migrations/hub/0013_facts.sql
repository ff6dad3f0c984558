-- No two rows of one fact may be in force at once and known at once. The ranges that say so need scalars beside them.

create extension if not exists btree_gist;

-- Facts are dated twice from here on: when they were in force, and when the hub knew it so. They are made anew from
-- the ledger.
drop table if exists read.status, read.consent, read.involvement;
