/** What requests cost, by which price; what is spent and reserved; summaries by the hour; keys of clients apart from the clients; alerts. */

/**
 * `requests` is made anew so that lists need not read as far as its texts. Money is in nano-dollars, whole numbers. A meter counts what
 * one scope (`all`, `provider:openai`, `client:…`) spends in one period; both ids are texts that are made when it is opened and never
 * computed again. A reservation is there while its attempt runs. A summary's texts are empty where a request has none; the summaries are
 * written now and then, a row's `usageWrite` is the write that counts it, and those not counted have one beyond `usageMark.written`, a key
 * of at least `usageMark.fromKey`. Older rows are counted at the first start. An alert that is
 * not told was passed over for a higher one of the same budget and period.
 */
export const migration0005 = {
  version: 5,
  sql: `
CREATE TABLE prices (
  id INTEGER PRIMARY KEY,
  priceJson TEXT NOT NULL UNIQUE
) STRICT;

ALTER TABLE requests RENAME TO olderRequests;
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
  cacheWriteTokens INTEGER,
  outputTokens INTEGER,
  reasoningTokens INTEGER,
  usageEstimated INTEGER NOT NULL DEFAULT 0,
  costNanoUsd INTEGER CHECK (costNanoUsd >= 0),
  costBasis TEXT NOT NULL DEFAULT 'unknown' CHECK (costBasis IN ('stated', 'computed', 'estimated', 'free', 'unknown', 'none')),
  priceId INTEGER,
  cacheSavedNanoUsd INTEGER NOT NULL DEFAULT 0,
  localSavedNanoUsd INTEGER NOT NULL DEFAULT 0,
  reservedNanoUsd INTEGER,
  overBound INTEGER NOT NULL DEFAULT 0,
  usageWrite INTEGER,
  task TEXT,
  ruleName TEXT,
  droppedFields INTEGER NOT NULL DEFAULT 0,
  responseBytes INTEGER,
  errorKind TEXT,
  errorMessage TEXT,
  loneAttemptStartedAtMs INTEGER,
  loneAttemptDurationMs REAL,
  loneAttemptKeyReference TEXT,
  loneAttemptHeadMs REAL,
  rawUsageJson TEXT,
  fidelityJson TEXT,
  decisionJson TEXT
) STRICT;
INSERT INTO requests (
  key, state, startedAtMs, clientId, dialect, requestedModel, stream, requestBytes, configVersion, attempts, durationMs, firstTokenMs,
  provider, model, status, inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, usageEstimated,
  costNanoUsd, costBasis, usageWrite, ruleName, droppedFields, responseBytes, errorKind, errorMessage, loneAttemptStartedAtMs,
  loneAttemptDurationMs, loneAttemptKeyReference, loneAttemptHeadMs, rawUsageJson, fidelityJson, decisionJson
)
SELECT
  key, state, startedAtMs, clientId, dialect, requestedModel, stream, requestBytes, configVersion, attempts, durationMs, firstTokenMs,
  provider, model, status, inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, usageEstimated,
  CASE WHEN provider IS NULL THEN 0 END, CASE WHEN provider IS NULL THEN 'none' ELSE 'unknown' END, 1,
  ruleName, droppedFields, responseBytes, errorKind, errorMessage, loneAttemptStartedAtMs,
  loneAttemptDurationMs, loneAttemptKeyReference, loneAttemptHeadMs, rawUsageJson, fidelityJson, decisionJson
FROM olderRequests;
DROP TABLE olderRequests;

ALTER TABLE attempts ADD COLUMN costNanoUsd INTEGER;

CREATE TABLE meters (
  scope TEXT NOT NULL,
  period TEXT NOT NULL,
  startsAtMs INTEGER NOT NULL,
  endsAtMs INTEGER NOT NULL,
  settledNanoUsd INTEGER NOT NULL CHECK (settledNanoUsd >= 0),
  reservedNanoUsd INTEGER NOT NULL DEFAULT 0 CHECK (reservedNanoUsd >= 0),
  unpriced INTEGER NOT NULL DEFAULT 0,
  closed TEXT,
  PRIMARY KEY (scope, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE reservations (
  requestKey INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  amountNanoUsd INTEGER NOT NULL CHECK (amountNanoUsd >= 0),
  estimateNanoUsd INTEGER CHECK (estimateNanoUsd >= 0),
  isHeld INTEGER NOT NULL,
  spentNanoUsd INTEGER NOT NULL CHECK (spentNanoUsd >= 0),
  metersJson TEXT NOT NULL
) STRICT;

CREATE TABLE usageHours (
  hourStartsAtMs INTEGER NOT NULL,
  clientId TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  task TEXT NOT NULL,
  rule TEXT NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  costNanoUsd INTEGER NOT NULL,
  estimatedNanoUsd INTEGER NOT NULL,
  unpriced INTEGER NOT NULL,
  cacheSavedNanoUsd INTEGER NOT NULL,
  localSavedNanoUsd INTEGER NOT NULL,
  inputTokens INTEGER NOT NULL,
  cachedInputTokens INTEGER NOT NULL,
  cacheWriteTokens INTEGER NOT NULL,
  outputTokens INTEGER NOT NULL,
  reasoningTokens INTEGER NOT NULL,
  generatedTokens INTEGER NOT NULL,
  generatingMs REAL NOT NULL,
  errorKindsJson TEXT,
  durationBins TEXT,
  durationMinMs REAL,
  durationMaxMs REAL,
  durationSumMs REAL NOT NULL,
  firstTokenBins TEXT,
  firstTokenMinMs REAL,
  firstTokenMaxMs REAL,
  firstTokenSumMs REAL NOT NULL,
  PRIMARY KEY (hourStartsAtMs, clientId, provider, model, task, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE usageMark (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  fromKey INTEGER NOT NULL,
  written INTEGER NOT NULL
) STRICT;
INSERT INTO usageMark (id, fromKey, written) VALUES (1, 0, 0);

ALTER TABLE clients RENAME TO olderClients;
CREATE TABLE clients (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  createdAtMs INTEGER NOT NULL,
  revokedAtMs INTEGER,
  lastSeenAtMs INTEGER,
  strict INTEGER NOT NULL DEFAULT 0,
  sensitivity TEXT NOT NULL DEFAULT 'normal' CHECK (sensitivity IN ('normal', 'private', 'secret')),
  expiresAtMs INTEGER,
  app TEXT,
  tier TEXT CHECK (tier IN ('low', 'standard', 'premium')),
  budgetsJson TEXT NOT NULL DEFAULT '[]',
  limitsJson TEXT NOT NULL DEFAULT '{}',
  allowedModelsJson TEXT
) STRICT;
INSERT INTO clients (id, name, createdAtMs, revokedAtMs, lastSeenAtMs, strict, sensitivity)
SELECT id, name, createdAtMs, revokedAtMs, lastSeenAtMs, strict, sensitivity FROM olderClients;

CREATE TABLE clientKeys (
  hash TEXT PRIMARY KEY,
  clientId TEXT NOT NULL,
  prefix TEXT NOT NULL,
  createdAtMs INTEGER NOT NULL,
  endsAtMs INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO clientKeys (hash, clientId, prefix, createdAtMs) SELECT hash, id, prefix, createdAtMs FROM olderClients;
DROP TABLE olderClients;

CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  atMs INTEGER NOT NULL,
  message TEXT NOT NULL,
  budgetId TEXT,
  budgetName TEXT,
  share REAL,
  isTold INTEGER NOT NULL,
  seenAtMs INTEGER
) STRICT;
CREATE INDEX alertsByTime ON alerts (atMs);

CREATE TABLE alertDeliveries (
  alertId TEXT NOT NULL,
  url TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  triedAtMs INTEGER,
  nextTryAtMs INTEGER,
  problem TEXT,
  PRIMARY KEY (alertId, url)
) STRICT, WITHOUT ROWID;
CREATE INDEX alertDeliveriesToCome ON alertDeliveries (nextTryAtMs) WHERE nextTryAtMs IS NOT NULL;

CREATE TABLE tokenRatios (
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  ratioJson TEXT NOT NULL,
  PRIMARY KEY (provider, model)
) STRICT, WITHOUT ROWID;
`,
} as const;
