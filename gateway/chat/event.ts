/** The one inner language, answering side. A response, streamed or whole, is its events. */
import type { Usage } from './usage.ts';

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error';

export type ChatEvent =
  | { readonly type: 'start'; readonly id: string; readonly model: string; readonly createdAtSeconds: number }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool-start'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-input'; readonly index: number; readonly json: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'finish'; readonly reason: FinishReason };
