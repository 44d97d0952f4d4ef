/** The rules and aliases as a person is editing them: one draft for every view, in force only once it is applied. */
import { create } from 'zustand';
import { CallError } from '../../gateway/contract/call-error.ts';
import { control } from '../control.ts';
import { type ConfigAnswer, readConfig, useGateway } from './gateway.ts';
import { sameJson } from './json-value.ts';
import {
  changeAlias,
  emptyPolicy,
  insertRule,
  type PolicyDocument,
  policyOf,
  readPolicy,
  removeRule,
  ruleName,
  type TextProblem,
  withPolicy,
} from './policy-document.ts';

/** A policy that is or was in force, and the config's version it stood in. */
export interface BasePolicy {
  readonly version: number;
  readonly policy: PolicyDocument;
}

export interface PolicyDraft {
  /** What the edits began from; null until the config was read. */
  readonly base: BasePolicy | null;
  readonly policy: PolicyDocument;
  /** The document as a person wrote it, and what it was read as: its spaces and line breaks are theirs. */
  readonly written: { readonly text: string; readonly policy: PolicyDocument } | null;
  /** A text that cannot be read; the other views show the last one that could. */
  readonly broken: ({ readonly text: string } & TextProblem) | null;
  /** What somebody else brought into force since the edits began. */
  readonly overtaken: BasePolicy | null;
  /** What was taken away last, in a sentence, and how it comes back. */
  readonly removed: { readonly words: string; readonly undo: (policy: PolicyDocument) => Partial<PolicyDraft> } | null;
}

const untouched = { written: null, broken: null, overtaken: null, removed: null } as const;

export const usePolicyDraft = create<PolicyDraft>(() => ({ base: null, policy: emptyPolicy, ...untouched }));

export function isEdited({ base, policy, broken }: PolicyDraft): boolean {
  return base !== null && (broken !== null || !sameJson(base.policy, policy));
}

/** The draft after the gateway told its config: a draft that nobody edited follows it. */
export function draftAfterConfig(draft: PolicyDraft, config: Pick<ConfigAnswer, 'version' | 'document'>): PolicyDraft {
  const policy = policyOf(config.document);
  const base: BasePolicy = { version: config.version, policy };
  if (draft.base === null || !isEdited(draft)) {
    const isSame = draft.base !== null && sameJson(draft.policy, policy);
    return isSame ? { ...draft, base: { ...base, policy: draft.policy }, overtaken: null } : { base, policy, ...untouched };
  }
  if (sameJson(draft.base.policy, policy)) return { ...draft, base, overtaken: null };
  // It says the same by now: nothing is left to apply.
  if (sameJson(draft.policy, policy) && draft.broken === null) return { ...draft, base, overtaken: null };
  return { ...draft, overtaken: base };
}

/** Changes the draft from a form. */
export function editPolicy(edit: (policy: PolicyDocument) => PolicyDocument): void {
  usePolicyDraft.setState((draft) => ({ policy: edit(draft.policy), removed: null }));
}

/** Changes the draft from its document; a text that cannot be read is kept as it is. */
export function writePolicy(text: string): void {
  const read = readPolicy(text);
  if (read.ok)
    usePolicyDraft.setState({ policy: read.policy, written: { text, policy: read.policy }, broken: null, removed: null });
  else usePolicyDraft.setState({ broken: { text, ...read.problem }, removed: null });
}

export function deleteRule(index: number): void {
  usePolicyDraft.setState(({ policy }) => {
    const rule = policy.rules[index];
    const words = `The rule “${ruleName(rule)}” was removed.`;
    return { policy: removeRule(policy, index), removed: { words, undo: (now) => ({ policy: insertRule(now, index, rule) }) } };
  });
}

export function deleteAlias(name: string): void {
  usePolicyDraft.setState(({ policy }) => {
    const value = policy.aliases[name];
    const undo = (now: PolicyDocument) => ({ policy: changeAlias(now, name, { name, value }) });
    return {
      policy: changeAlias(policy, name, { name, value: undefined }),
      removed: { words: `The alias “${name}” was removed.`, undo },
    };
  });
}

/** Brings back what was deleted or discarded last. */
export function undoRemoval(): void {
  usePolicyDraft.setState(({ policy, removed }) => (removed ? { ...removed.undo(policy), removed: null } : {}));
}

/** A person has seen it: it need not be offered any more. */
export function forgetRemoval(): void {
  usePolicyDraft.setState({ removed: null });
}

/** Takes back every edit: what is in force is shown again. */
export function discardDraft(): void {
  usePolicyDraft.setState(({ base, policy, written, broken, overtaken }) => {
    const now = overtaken ?? base;
    if (!now) return {};
    const removed = { words: 'Your changes were discarded.', undo: () => ({ policy, written, broken }) };
    return { ...untouched, base: now, policy: now.policy, removed };
  });
}

/** Goes on with the draft although others were applied meanwhile: it will take their place. */
export function keepDraft(): void {
  usePolicyDraft.setState(({ base, overtaken }) => ({ base: overtaken ?? base, overtaken: null }));
}

/** The config that applying the draft would bring into force; null while there is nothing to apply. */
export function draftedConfig(draft: PolicyDraft, config: ConfigAnswer | null): Readonly<Record<string, unknown>> | null {
  return config && draft.base ? { ...withPolicy(config.document, draft.policy) } : null;
}

/** @throws CallError as the gateway refused it; after a `conflict` what is in force now stands beside the draft */
export async function applyDraft(): Promise<void> {
  const draft = usePolicyDraft.getState();
  const config = draftedConfig(draft, useGateway.getState().config);
  if (!config || !draft.base) throw new CallError('unavailable', 'The config has not been read yet; try again in a moment.');
  try {
    await control.call('config.apply', { config, baseVersion: draft.base.version });
  } catch (error) {
    if (!(error instanceof CallError) || error.kind !== 'conflict') throw error;
    await readConfig();
    if (usePolicyDraft.getState().overtaken) return;
    throw new CallError('conflict', 'The config was changed elsewhere meanwhile, though not its rules; apply again.');
  }
  // What was applied, not what is there by now: a person may have gone on editing.
  usePolicyDraft.setState({ base: { ...draft.base, policy: draft.policy }, removed: null });
  await readConfig();
}

function takeConfig(config: ConfigAnswer | null): void {
  if (config) usePolicyDraft.setState((draft) => draftAfterConfig(draft, config));
}

useGateway.subscribe(({ config }, before) => (config === before.config ? undefined : takeConfig(config)));
takeConfig(useGateway.getState().config);
