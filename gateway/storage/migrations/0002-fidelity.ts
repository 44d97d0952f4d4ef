/** What a translation kept, emulated and dropped, beside the request it was made for; cache writes; and clients that want no loss. */
export const migration0002 = {
  version: 2,
  sql: `
ALTER TABLE requests ADD COLUMN cacheWriteTokens INTEGER;
ALTER TABLE requests ADD COLUMN fidelityJson TEXT;
ALTER TABLE requests ADD COLUMN droppedFields INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clients ADD COLUMN strict INTEGER NOT NULL DEFAULT 0;
`,
};
