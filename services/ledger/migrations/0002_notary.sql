-- What the notary keeps: the Merkle tree over the journal, its signed heads, and what it says about itself.

create table ledger.tree_node (
    level smallint not null check (level > 0 and level % 8 = 0),
    place bigint not null check (place >= 0),
    hash bytea not null check (octet_length(hash) = 32),
    primary key (level, place)
);
comment on table ledger.tree_node is
    'Hashes of complete subtrees of the RFC 9162 Merkle tree over the journal; leaf index = sequence - 1. Inserted once, '
    'never changed. What is between the levels kept is reckoned from 256 hashes below.';
comment on column ledger.tree_node.level is 'The subtree has 2^level leaves: 8, 16, 24 …; level 0 is journal.leaf_hash.';
comment on column ledger.tree_node.place is 'Its leaves have the indices from place * 2^level to (place + 1) * 2^level - 1.';
comment on column ledger.tree_node.hash is 'SHA-256 over 0x01 and the two halves'' hashes.';
create trigger tree_nodes_are_immutable before update or delete or truncate on ledger.tree_node
    for each statement execute function ledger.refuse_change();

create table ledger.tree_head (
    size bigint primary key check (size > 0),
    note text not null,
    signed_at timestamptz not null default now()
);
comment on table ledger.tree_head is 'Signed heads of the tree, each of a larger tree than the one before; never changed.';
comment on column ledger.tree_head.size is 'How many rows of the journal it covers: all up to this sequence.';
comment on column ledger.tree_head.note is
    'The signed head (c2sp.org/tlog-checkpoint): origin, size, root hash in Base64, an empty line, the signature.';
comment on column ledger.tree_head.signed_at is 'When it was written here.';
create trigger tree_heads_are_immutable before update or delete or truncate on ledger.tree_head
    for each statement execute function ledger.refuse_change();

create function ledger.check_head_grows() returns trigger language plpgsql as $$
declare
    newest bigint;
begin
    -- One at a time: of two open transactions neither would see the other's head. It ends with the transaction.
    perform pg_catalog.pg_advisory_xact_lock('ledger.tree_head'::regclass::oid::bigint);
    select max(size) into newest from ledger.tree_head;
    if new.size <= newest then
        raise exception 'a head of % rows does not follow the one of % rows', new.size, newest
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;
comment on function ledger.check_head_grows() is
    'Fences the notary: a head must be of a larger tree than all heads there are.';
create trigger tree_heads_grow before insert on ledger.tree_head
    for each row execute function ledger.check_head_grows();

create table ledger.notary (
    singleton boolean primary key default true check (singleton),
    state text not null check (state in ('waiting', 'checking', 'signing', 'refusing', 'interrupted')),
    detail text not null,
    vkey text not null,
    since timestamptz not null default now()
);
comment on table ledger.notary is 'What the active notary last said about itself; nothing is proved by it.';
comment on column ledger.notary.singleton is 'Always true: there is one row.';
comment on column ledger.notary.state is
    'waiting: the journal does not reach the newest head; checking: the journal is compared with the heads; signing; '
    'refusing: it does not fit them, nothing is signed; interrupted: something is away, it begins anew by itself.';
comment on column ledger.notary.detail is 'The same in words, with what to do.';
comment on column ledger.notary.vkey is 'The public key that it signs with (c2sp.org/signed-note). Trust a copy kept elsewhere.';
comment on column ledger.notary.since is 'Since when it says so.';
