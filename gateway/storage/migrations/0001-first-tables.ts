/** The first tables: the log with its attempts, client keys, the vault, and every config that was in force. */

/**
 * `attempts` holds every attempt but the one of a request that went well at the first: its row in `requests` says all of it.
 * `requests.key` is the request's number (contract/request-id.ts): it grows with time, so rows are appended and the list
 * needs no index. Every row still `started` has a key of at least `recoveryMark.fromKey`.
 */
export const migration0001 = {
  version: 1,
  sql: `
CREATE TABLE requests (
  key INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('started', 'ok', 'upstream_error', 'gateway_error', 'client_closed', 'rejected', 'interrupted')),
  startedAtMs INTEGER NOT NULL,
  clientId TEXT,
  dialect TEXT NOT NULL,
  requestedModel TEXT NOT NULL,
  stream INTEGER NOT NULL,
  requestBytes INTEGER NOT NULL,
  configVersion INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  durationMs REAL,
  firstTokenMs REAL,
  provider TEXT,
  model TEXT,
  status INTEGER,
  inputTokens INTEGER,
  cachedInputTokens INTEGER,
  outputTokens INTEGER,
  reasoningTokens INTEGER,
  usageEstimated INTEGER NOT NULL DEFAULT 0,
  responseBytes INTEGER,
  errorKind TEXT,
  errorMessage TEXT,
  rawUsageJson TEXT,
  loneAttemptStartedAtMs INTEGER,
  loneAttemptDurationMs REAL
) STRICT;

CREATE TABLE attempts (
  requestKey INTEGER NOT NULL,
  number INTEGER NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  startedAtMs INTEGER NOT NULL,
  durationMs REAL NOT NULL,
  status INTEGER,
  errorKind TEXT,
  errorMessage TEXT,
  PRIMARY KEY (requestKey, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE recoveryMark (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  fromKey INTEGER NOT NULL
) STRICT;
INSERT INTO recoveryMark (id, fromKey) VALUES (1, 0);

CREATE TABLE clients (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  prefix TEXT NOT NULL,
  createdAtMs INTEGER NOT NULL,
  revokedAtMs INTEGER,
  lastSeenAtMs INTEGER
) STRICT;

CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  ciphertext BLOB NOT NULL,
  lastFour TEXT NOT NULL,
  savedAtMs INTEGER NOT NULL
) STRICT;

CREATE TABLE vaultKey (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  keyId TEXT NOT NULL,
  keptIn TEXT NOT NULL,
  checkValue BLOB NOT NULL
) STRICT;

CREATE TABLE configVersions (
  version INTEGER PRIMARY KEY,
  savedAtMs INTEGER NOT NULL,
  source TEXT NOT NULL,
  documentJson TEXT NOT NULL
) STRICT;
`,
} as const;
