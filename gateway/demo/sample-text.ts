/** Writes a text that a JSON schema's string rules accept: format, pattern, shortest and longest. */
import { sampleFromPattern } from './sample-from-pattern.ts';

export interface TextRules {
  readonly format?: unknown;
  readonly pattern?: unknown;
  readonly minLength?: unknown;
  readonly maxLength?: unknown;
}

/** By format, what differs from one variant to the next. */
const formats: Readonly<Record<string, (variant: number) => string>> = {
  'date-time': (variant) => `2026-01-01T12:00:${pad(variant % 60)}Z`,
  date: (variant) => `20${pad((26 + variant) % 100)}-01-01`,
  time: (variant) => `12:00:${pad(variant % 60)}Z`,
  duration: (variant) => `PT${variant + 1}M`,
  email: (variant) => `person${variant + 1}@example.com`,
  'idn-email': (variant) => `person${variant + 1}@example.com`,
  hostname: (variant) => `host${variant + 1}.example.com`,
  'idn-hostname': (variant) => `host${variant + 1}.example.com`,
  ipv4: (variant) => `192.0.2.${(variant % 254) + 1}`,
  ipv6: (variant) => `2001:db8::${(variant + 1).toString(16)}`,
  uri: (variant) => `https://example.com/${variant + 1}`,
  iri: (variant) => `https://example.com/${variant + 1}`,
  url: (variant) => `https://example.com/${variant + 1}`,
  'uri-reference': (variant) => `/example/${variant + 1}`,
  uuid: (variant) => `00000000-0000-4000-8000-${variant.toString(16).padStart(12, '0')}`,
  'json-pointer': (variant) => `/example/${variant + 1}`,
  regex: (variant) => `a{${variant + 1}}`,
  byte: (variant) => Buffer.from(`example ${variant + 1}`).toString('base64'),
};

/** A text asked to be longer than this is not worth writing. */
const longestText = 10_000;
const repeats = [1, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] as const;

/**
 * A pattern goes before a format: it is the stricter one.
 * @param variant another number gives another text, as far as the rules leave room
 */
export function sampleText(rules: TextRules, variant: number): string {
  const shortest = length(rules.minLength, 0);
  const longest = Math.max(shortest, length(rules.maxLength, longestText));
  if (typeof rules.pattern === 'string') {
    const sample = sampleMatching(rules.pattern, shortest, longest);
    if (sample !== null) return sample;
  }
  const write = typeof rules.format === 'string' && Object.hasOwn(formats, rules.format) ? formats[rules.format] : undefined;
  return write ? write(variant) : plainText(shortest, longest, variant);
}

function sampleMatching(pattern: string, shortest: number, longest: number): string | null {
  for (const repeat of repeats) {
    const sample = sampleFromPattern(pattern, repeat);
    if (sample === null) return null;
    if (sample.length >= shortest && sample.length <= longest) return sample;
  }
  return null;
}

/** The variant stands at the end and survives shortening. */
function plainText(shortest: number, longest: number, variant: number): string {
  const number = variant === 0 ? '' : ` ${variant + 1}`;
  const room = Math.max(0, longest - number.length);
  const text = 'example'.slice(0, room) + number.slice(-longest || number.length);
  return text.slice(0, longest).padStart(shortest, 'x');
}

function length(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value >= 0 ? Math.min(Math.ceil(value), longestText) : otherwise;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
