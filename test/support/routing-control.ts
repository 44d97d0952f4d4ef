/** A made-up gateway with rules, versions and a log: it keeps what is applied, as the real one does. */
import { clientItem } from './client-rows.ts';
import { diffDocuments } from '../../gateway/config/document-diff.ts';
import { CallError, type CallHandlers } from '../../gateway/contract/calls.ts';
import { configSchema, parseConfig } from '../../gateway/contract/config.ts';
import { unknownModelFacts } from '../../gateway/contract/model-facts.ts';
import { validatePolicy } from '../../gateway/validate-policy.ts';
import { fakeHandlers } from './fake-control.ts';
import { sampleDetail, sampleDocument, sampleTargets, startedAtMs, traceBy } from './routing-samples.ts';

interface Version {
  readonly version: number;
  readonly savedAtMs: number;
  readonly source: string;
  readonly document: Record<string, unknown>;
}

export interface RoutingControl {
  readonly handlers: CallHandlers;
  /** What was applied, newest last. */
  readonly versions: readonly Version[];
  /** Applies a document as somebody else. */
  applyElsewhere(document: Record<string, unknown>): number;
}

export function routingControl(
  document: Record<string, unknown> = sampleDocument,
  changes: Partial<CallHandlers> = {},
): RoutingControl {
  const earlier = { ...document, policy: { rules: [] }, aliases: {} };
  const versions: Version[] = [
    { version: 1, savedAtMs: startedAtMs - 86_400_000 * 3, source: 'first-start', document: { version: 1 } },
    { version: 2, savedAtMs: startedAtMs - 86_400_000, source: 'call', document: earlier },
    { version: 3, savedAtMs: startedAtMs, source: 'file', document },
  ];
  const newest = () => versions.at(-1) ?? { version: 0, savedAtMs: 0, source: '', document };
  const at = (version: number) => {
    const found = versions.find((one) => one.version === version);
    if (!found) throw new CallError('not-found', `There is no version ${version} of the config.`, 'version');
    return found;
  };
  const save = (next: Record<string, unknown>, source: string, base?: number) => {
    if (base !== undefined && base !== newest().version)
      throw new CallError('conflict', 'The config is newer than the one you edited.');
    const parsed = parseConfig(next);
    const [problem] = parsed.ok ? [] : parsed.problems;
    if (problem) throw new CallError('invalid', `${problem.path}: ${problem.message}`, problem.path);
    versions.push({ version: newest().version + 1, savedAtMs: Date.now(), source, document: next });
    return { version: newest().version };
  };
  const rulesNow = () => configSchema.parse(newest().document).policy.rules;
  const handlers = fakeHandlers({
    'config.get': () => {
      const { version, document: now } = newest();
      return { version, document: now, effective: configSchema.parse(now), overrides: [] };
    },
    'config.apply': ({ config, baseVersion }) => save(config, 'call', baseVersion),
    'config.versions': () => ({ items: versions.map(({ version, savedAtMs, source }) => ({ version, savedAtMs, source })) }),
    'config.version': ({ version }) => at(version),
    'config.diff': ({ from, to }) => ({
      changes: diffDocuments(at(from).document, typeof to === 'number' ? at(to).document : to),
    }),
    'config.restore': ({ version, baseVersion }) => save(at(version).document, 'restore', baseVersion),
    'policy.validate': (draft) => validatePolicy(draft, newest().document, { isListed: () => true, lists: () => null }),
    'targets.list': () => ({ items: [...sampleTargets] }),
    'providers.models': ({ id }) => ({
      models: ['gpt-5', 'gpt-5-mini', 'claude-sonnet-4-5', 'claude-haiku-4-5', 'qwen3:8b']
        .filter((model) => model.startsWith({ openai: 'gpt', anthropic: 'claude' }[id] ?? 'qwen'))
        .map((model) => ({ id: model, facts: unknownModelFacts })),
      source: 'provider',
      added: [],
      removed: [],
      changed: [],
    }),
    'clients.list': () => ({
      items: ['laptop agent', 'payroll'].map((name, index) =>
        clientItem(`client_${index + 1}`, { name, sensitivity: index === 0 ? 'normal' : 'secret', lastSeenAtMs: startedAtMs }),
      ),
    }),
    'requests.list': () => ({
      items: [3, 2, 1].map((number) =>
        sampleDetail(`req_0000000000${number}`, number === 2 ? { rule: null, requestedModel: 'openai/gpt-5' } : {}),
      ),
      nextCursor: null,
    }),
    'requests.get': ({ id }) => sampleDetail(id),
    'decision.explain': ({ policy }) => traceBy(policy?.rules ?? rulesNow()),
    ...changes,
  });
  return { handlers, versions, applyElsewhere: (next) => save(next, 'call').version };
}
