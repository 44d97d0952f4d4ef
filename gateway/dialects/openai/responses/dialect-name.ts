/** This dialect's name, as native parts and tools carry it. */
export const dialectName = 'openai-responses';
