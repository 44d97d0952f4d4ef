/** Rules to begin with: the examples of the policy's own page, with targets of the providers that are there. Pure. */
import type { ProviderConfig } from '../../../gateway/contract/config.ts';
import { isOnThisMachine } from '../../stores/this-machine.ts';
import { freeAliasName, freeRuleName, type PolicyDocument } from '../../stores/policy-document.ts';

export interface Template {
  readonly id: string;
  readonly title: string;
  /** What it does for a person. */
  readonly words: string;
  /** The policy with the template's rules below those that are there. */
  readonly add: (policy: PolicyDocument, models: ModelChoice, nowMs: number) => PolicyDocument;
}

/** Names to fill the templates with: of the person's own providers as far as they are known. */
export interface ModelChoice {
  readonly strong: string;
  readonly cheap: string;
  readonly local: string;
}

const dayMs = 86_400_000;

/** Times in a document are whole minutes: nobody wants to read more. */
const moment = (atMs: number) => new Date(Math.floor(atMs / 60_000) * 60_000).toISOString().replace('.000Z', 'Z');

function withRules(
  policy: PolicyDocument,
  rules: readonly ({ readonly name: string } & Record<string, unknown>)[],
): PolicyDocument {
  let grown = policy;
  for (const rule of rules) grown = { ...grown, rules: [...grown.rules, { ...rule, name: freeRuleName(rule.name, grown) }] };
  return grown;
}

export const templates: readonly Template[] = [
  {
    id: 'secrets-local',
    title: 'Keep secrets on this machine',
    words:
      'What is marked secret, by its program’s key under Settings or by a header, is answered by a local model and never sent elsewhere.',
    add: (policy, { local }) =>
      withRules(policy, [{ name: 'secrets stay here', when: { sensitivity: 'secret' }, pin: 'local', use: local }]),
  },
  {
    id: 'cheap-first',
    title: 'Cheap first, strong on failure',
    words: 'Ordinary chat goes to a cheap model; a strong one steps in when it fails or the text is too long for it.',
    add: (policy, { cheap, strong }) =>
      withRules(policy, [
        {
          name: 'cheap first',
          when: { task: 'chat' },
          use: [...new Set([cheap, strong])],
          fallbacks: { contextTooLong: [strong], contentPolicy: [strong] },
        },
      ]),
  },
  {
    id: 'by-task',
    title: 'Code to one model, chat to another',
    words: 'What a request is for is said by its program or found out, and each kind goes to the model that is good at it.',
    add: (policy, { cheap, strong }) =>
      withRules(policy, [
        {
          name: 'code',
          when: { task: 'code' },
          use: { strategy: 'first', targets: [...new Set([strong, cheap])], sticky: 'session' },
        },
        { name: 'chat', when: { task: 'chat' }, use: [...new Set([cheap, strong])] },
      ]),
  },
  {
    id: 'spread',
    title: 'Spread over several keys or providers',
    words:
      'An alias whose requests go to its targets in turn. Several keys of one provider are shared by themselves, by their weights.',
    add: (policy, { cheap, strong }) => ({
      ...policy,
      aliases: {
        ...policy.aliases,
        [freeAliasName('spread', policy)]: { strategy: 'round-robin', targets: [...new Set([cheap, strong])] },
      },
    }),
  },
  {
    id: 'canary',
    title: 'Move slowly to a new model',
    words:
      'A new model begins with one request in twenty and grows to all of them over a week; each program stays with its draw.',
    add: (policy, { cheap, strong }, nowMs) => {
      const startsAt = moment(nowMs);
      const endsAt = moment(nowMs + 7 * dayMs);
      return withRules(policy, [
        {
          name: 'canary',
          when: { model: cheap },
          use: {
            strategy: 'weighted',
            splitBy: 'client',
            targets: [
              { model: cheap, weight: { from: 95, to: 0, startsAt, endsAt } },
              { model: strong, weight: { from: 5, to: 100, startsAt, endsAt } },
            ],
          },
        },
      ]);
    },
  },
];

type Listed = Readonly<Record<string, readonly string[]>>;

/** A model of a provider for an example: one it names itself, else one that its kind is known for, else one that it lists. */
function modelOf({ id, kind, models }: ProviderConfig, strong: boolean, listed: Listed): string {
  const known: Readonly<Record<string, readonly [strong: string, cheap: string]>> = {
    openai: ['gpt-5', 'gpt-5-mini'],
    anthropic: ['claude-sonnet-4-5', 'claude-haiku-4-5'],
    gemini: ['gemini-2.5-pro', 'gemini-2.5-flash'],
    ollama: ['qwen3:8b', 'qwen3:8b'],
    demo: ['tools', 'hello'],
  };
  const there = listed[id] ?? [];
  const [best = 'model', cheapest = 'model'] = models?.length ? [models[0], models.at(-1)] : (known[kind] ?? []);
  const wanted = `${id}/${strong ? best : cheapest}`;
  const [first = wanted] = there;
  return there.includes(wanted) || models?.length ? wanted : strong ? first : (there.at(-1) ?? wanted);
}

const isNear = (provider: ProviderConfig): boolean =>
  provider.kind === 'demo' || (isOnThisMachine(provider) && provider.forwards !== true);

/**
 * @param providers those that are in force
 * @param listed the models that each lists, as `provider/model`, as far as that is known
 */
export function chooseModels(providers: readonly ProviderConfig[], listed: Listed = {}): ModelChoice {
  const usable = providers.filter(({ enabled }) => enabled);
  const near = usable.find((provider) => isNear(provider) && provider.kind !== 'demo') ?? usable.find(isNear);
  const far = usable.filter((provider) => provider !== near && provider.kind !== 'demo');
  const main = far[0] ?? near ?? usable[0];
  if (!main) return { strong: 'openai/gpt-5', cheap: 'openai/gpt-5-mini', local: 'ollama/qwen3:8b' };
  return {
    strong: modelOf(main, true, listed),
    cheap: modelOf(main, false, listed),
    local: near ? modelOf(near, false, listed) : 'ollama/qwen3:8b',
  };
}
