/** The features of a request that says nothing but its model. */
import type { DecisionFeatures } from '../../decision/question.ts';

/** @param dialects in which a provider may be asked, the best first */
export function blankFeatures(requestedModel: string, dialects: readonly string[]): DecisionFeatures {
  return {
    requestedModel,
    dialects,
    dialect: dialects[0] ?? '',
    client: null,
    task: 'chat',
    taskSaid: false,
    sensitivity: 'normal',
    tier: null,
    allowedModels: null,
    inputTokens: 0,
    maxOutputTokens: null,
    stream: false,
    tools: false,
    images: false,
    schema: false,
    reasoning: false,
    session: null,
    headers: {},
    metadata: {},
    pinnedBefore: null,
    furtherModels: [],
    unread: [],
  };
}
