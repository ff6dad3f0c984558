-- What was erased is told apart from what was never stated, and one question can be asked about several records.

alter table identity.statements add column readable boolean not null default true;
comment on column identity.statements.readable is 'False where the content was erased: nothing is known of it, so nothing agrees with it.';

alter table identity.questions add column about text not null default '';
comment on column identity.questions.about is 'Which record and state is asked about, as a keyed digest; empty for a question about the person.';
alter table identity.questions drop constraint questions_pkey;
alter table identity.questions add primary key (person_record, reason, about);
