/** How scripted models read bodies that nobody has checked: missing is empty, and what a provider would refuse is a fault. */

export type Body = Readonly<Record<string, unknown>>;

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const bodyOf = (value: unknown): Body => (isBody(value) ? value : {});

export const listOf = (value: unknown): readonly Body[] => (Array.isArray(value) ? value.filter(isBody) : []);

/** The text of a content that is a string or a list of parts. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => (typeof part.text === 'string' ? part.text : ''))
    .join('');
}

/** Names a body has that its format does not know. */
export function unknownFields(body: Body, known: readonly string[], place: string): string[] {
  return Object.keys(body)
    .filter((name) => !known.includes(name))
    .map((name) => `${place} has the unknown field ${name}`);
}

/** @param names of tools as offered @param allowed what one may look like */
export function badNames(names: readonly string[], allowed: RegExp): string[] {
  const bad = names.filter((name) => !allowed.test(name)).map((name) => `a tool may not be called ${name}`);
  const twice = names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is offered twice`);
  return [...bad, ...twice];
}
