/** Cross-origin answers: exact origins from the config, nothing for anyone else. */
import type { IncomingHttpHeaders } from 'node:http';

const preflightSeconds = '600';
const requestHeaders =
  'authorization, content-type, x-api-key, api-key, x-goog-api-key, openai-beta, openai-organization, openai-project, anthropic-version, anthropic-beta, anthropic-dangerous-direct-browser-access, x-goog-api-client, x-title, x-gatehouse-strict, x-stainless-arch, x-stainless-lang, x-stainless-os, x-stainless-package-version, x-stainless-retry-count, x-stainless-runtime, x-stainless-runtime-version, x-stainless-timeout';
const exposedHeaders =
  'x-request-id, x-gatehouse-provider, x-gatehouse-model, x-gatehouse-attempts, x-gatehouse-cost-usd, x-gatehouse-cache, x-gatehouse-rule, x-gatehouse-translated, x-gatehouse-emulated, x-gatehouse-dropped, x-should-retry, retry-after, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens';

/** Is this a browser asking beforehand whether it may? */
export function isPreflight(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

/** @param origin an allowed origin, echoed exactly */
export function preflightHeaders(origin: string, methods: readonly string[]): string[] {
  return [
    'access-control-allow-origin',
    origin,
    'access-control-allow-methods',
    methods.join(', '),
    'access-control-allow-headers',
    requestHeaders,
    'access-control-max-age',
    preflightSeconds,
    'vary',
    'Origin',
  ];
}

/** On every other answer to an allowed origin. */
export function corsHeaders(origin: string | undefined): readonly string[] {
  if (origin === undefined) return [];
  return ['access-control-allow-origin', origin, 'access-control-expose-headers', exposedHeaders, 'vary', 'Origin'];
}
