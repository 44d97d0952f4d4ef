/** The refusals and failures of OpenAI's API, in its words and with its headers. */
import { openAiHeaders } from './openai-script.ts';
import { type Answer, json } from './upstream-answers.ts';

interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

const errors: Readonly<Record<400 | 401 | 404 | 429 | 500 | 503, OpenAiError>> = {
  400: {
    message: "Unsupported value: 'temperature' does not support 9 with this model.",
    type: 'invalid_request_error',
    param: 'temperature',
    code: 'unsupported_value',
  },
  401: {
    message: 'Incorrect API key provided: sk-…. You can find your API key at https://platform.openai.com/account/api-keys.',
    type: 'invalid_request_error',
    param: null,
    code: 'invalid_api_key',
  },
  404: {
    message: 'The model `gpt-none` does not exist or you do not have access to it.',
    type: 'invalid_request_error',
    param: null,
    code: 'model_not_found',
  },
  429: {
    message: 'Rate limit reached for gpt-test on requests per min (RPM): Limit 3, Used 3, Requested 1.',
    type: 'requests',
    param: null,
    code: 'rate_limit_exceeded',
  },
  500: {
    message: 'The server had an error while processing your request. Sorry about that!',
    type: 'server_error',
    param: null,
    code: null,
  },
  503: { message: 'The engine is currently overloaded, please try again later', type: 'server_error', param: null, code: null },
};

/** @param headers such as `retry-after` */
export function openAiError(status: keyof typeof errors, headers: Readonly<Record<string, string>> = {}): Answer {
  return json({ error: errors[status] }, { status, headers: { ...openAiHeaders, ...headers } });
}

/** A 429 that no waiting mends. */
export function openAiQuotaError(): Answer {
  const message = 'You exceeded your current quota, please check your plan and billing details.';
  const error = { message, type: 'insufficient_quota', param: null, code: 'insufficient_quota' };
  return json({ error }, { status: 429, headers: openAiHeaders });
}
