/** The statements of `usage-queries.ts`. Their plans are asserted by a test: the hours asked for, no others. */

// A total, other than a sum, is no error beyond 64 bits.

/**
 * One interval by groups: asked for each, it sorts less at a time than for all at once, and was measured to take a quarter less.
 * Distributions and kinds of errors are texts that add up when they stand in a row. A group of models is named `provider/model`, those
 * without one by an empty text.
 */
export const intervalSql = `
SELECT
  CASE :groupBy
    WHEN 'provider' THEN provider
    WHEN 'model' THEN CASE WHEN provider = '' AND model = '' THEN '' ELSE provider || '/' || model END
    WHEN 'client' THEN clientId
    WHEN 'task' THEN task
    WHEN 'rule' THEN rule
    ELSE ''
  END AS id,
  total(requests) AS requests, total(errors) AS errors, min(9007199254740991, total(costNanoUsd)) AS costNanoUsd,
  min(9007199254740991, total(estimatedNanoUsd)) AS estimatedNanoUsd, total(unpriced) AS unpriced,
  total(copies) AS copies, min(9007199254740991, total(copiesNanoUsd)) AS copiesNanoUsd, total(copiesUnpriced) AS copiesUnpriced,
  min(9007199254740991, total(cacheSavedNanoUsd)) AS cacheSavedNanoUsd,
  min(9007199254740991, total(localSavedNanoUsd)) AS localSavedNanoUsd,
  min(9007199254740991, total(inputTokens)) AS inputTokens, min(9007199254740991, total(cachedInputTokens)) AS cachedInputTokens,
  min(9007199254740991, total(cacheWriteTokens)) AS cacheWriteTokens, min(9007199254740991, total(outputTokens)) AS outputTokens,
  min(9007199254740991, total(reasoningTokens)) AS reasoningTokens,
  total(generatedTokens) AS generatedTokens, total(generatingMs) AS generatingMs, group_concat(errorKindsJson, ',') AS errorKinds,
  group_concat(durationBins, '') AS durationBins, min(durationMinMs) AS durationMinMs, max(durationMaxMs) AS durationMaxMs,
  total(durationSumMs) AS durationSumMs, group_concat(firstTokenBins, '') AS firstTokenBins,
  min(firstTokenMinMs) AS firstTokenMinMs, max(firstTokenMaxMs) AS firstTokenMaxMs, total(firstTokenSumMs) AS firstTokenSumMs
FROM usageHours
WHERE hourStartsAtMs >= :startMs AND hourStartsAtMs < :endMs
  AND (:provider IS NULL OR provider = :provider)
  AND (:modelProvider IS NULL OR provider = :modelProvider)
  AND (:model IS NULL OR model = :model)
  AND (:clientId IS NULL OR clientId = :clientId)
  AND (:task IS NULL OR task = :task)
  AND (:rule IS NULL OR rule = :rule)
GROUP BY 1`;

export const spentHoursSql = `
SELECT hourStartsAtMs, min(9007199254740991, total(costNanoUsd)) AS nanoUsd
FROM usageHours
WHERE hourStartsAtMs >= :fromMs AND hourStartsAtMs < :toMs
  AND (:provider IS NULL OR provider = :provider)
  AND (:model IS NULL OR model = :model)
  AND (:rule IS NULL OR rule = :rule)
  AND (:clientId IS NULL OR clientId = :clientId)
GROUP BY hourStartsAtMs`;
