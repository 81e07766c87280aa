-- What came since the last audit is found by its time, like the rail's: such an index is a page or two.
create index order_history_at on exchange.order_history using brin (at) with (autosummarize = on);
create index messages_at on exchange.messages using brin (created_at) with (autosummarize = on);
create index read_marks_at on exchange.read_marks using brin (at) with (autosummarize = on);
create index attachments_at on exchange.attachments using brin (created_at) with (autosummarize = on);
create index ratings_at on exchange.ratings using brin (at) with (autosummarize = on);
