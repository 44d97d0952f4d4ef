/** What a translation kept, emulated and dropped, beside the request it was made for; and what was written to a provider's cache. */
export const migration0002 = {
  version: 2,
  sql: `
ALTER TABLE requests ADD COLUMN cacheWriteTokens INTEGER;
ALTER TABLE requests ADD COLUMN fidelityJson TEXT;
`,
};
