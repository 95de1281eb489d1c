-- When a session's refresh token was last rotated: a call with the token before it that had come by then gets the same answer.
alter table identity.session add column rotated_at timestamptz;
