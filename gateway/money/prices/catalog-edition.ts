/** Which edition of the packaged catalog prices come from; it changes with the program. */
export const priceCatalogEdition = 'genai-prices 0.1.8';
