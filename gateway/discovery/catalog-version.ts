/** Which edition of the packaged catalogs this program knows models by: prices, and abilities. */
import { priceCatalogEdition } from '../money/prices/catalog-edition.ts';

export const catalogVersion = `${priceCatalogEdition}, tokenlens 1.3.0`;
