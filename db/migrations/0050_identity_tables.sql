create schema identity;
grant usage on schema identity to holdfast;

-- Anyone the company knows, with or without a login. password is argon2id in its own text form; it is never selected into an answer.
create table identity.person (
  id text primary key,
  name text not null,
  phone text not null unique,
  email text,
  pan text,
  login text unique,
  password text,
  roles text[] not null default '{}',
  state text not null default 'active' check (state in ('active', 'deactivated')),
  failures integer not null default 0,
  locked_until timestamptz,
  created_at timestamptz not null
);
create index person_pan on identity.person (pan) where pan is not null;
grant select, insert, update on identity.person to holdfast;

-- One sign-in. The refresh token rotates; only the hash of the one that holds is kept, and a reused one ends the session.
create table identity.session (
  id text primary key,
  person text not null,
  refresh text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_why text
);
create index session_person on identity.session (person) where ended_at is null;
grant select, insert, update, delete on identity.session to holdfast;

-- The one-time link that makes the first administrator of an empty installation.
create table identity.invitation (
  token text primary key,
  expires_at timestamptz not null,
  used_at timestamptz
);
grant select, insert, update on identity.invitation to holdfast;
