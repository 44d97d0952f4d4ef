/** Which edition of the packaged catalogs this program knows models by: prices, and abilities. */
export const catalogVersion = 'genai-prices 0.1.8, tokenlens 1.3.0';
