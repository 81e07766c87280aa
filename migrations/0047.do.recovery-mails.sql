-- Who asked for a link for a new password. Whether there is anybody to send it to is looked up behind the answer, which so
-- tells nothing; the link is made when it is sent, and stands nowhere.
create table identity.recovery_mails (
  id bigint generated always as identity primary key,
  login text not null,
  language text not null check (language in ('en', 'ru', 'uk')),
  attempts integer not null default 0,
  -- Until then it is in somebody's hands, or waits for the mail server.
  due_at timestamptz not null default now()
);
create index recovery_mails_by_due on identity.recovery_mails (due_at);
