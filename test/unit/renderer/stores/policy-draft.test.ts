/** Holds the draft to keeping what a person typed, whatever is saved elsewhere, and to following the gateway while nobody edits. */
import { describe, expect, test } from 'vitest';
import { emptyPolicy } from '../../../../renderer/stores/policy-document.ts';
import {
  discardDraft,
  draftAfterConfig,
  editPolicy,
  isEdited,
  type PolicyDraft,
  undoRemoval,
  usePolicyDraft,
  writePolicy,
} from '../../../../renderer/stores/policy-draft.ts';

const ruleA = { name: 'a', use: 'x' };
const ruleB = { name: 'b', use: 'y' };
const config = (version: number, rules: readonly unknown[], more: Record<string, unknown> = {}) => ({
  version,
  document: { version: 1, policy: { rules }, ...more },
});
const unread: PolicyDraft = { base: null, policy: emptyPolicy, written: null, broken: null, overtaken: null, removed: null };
const read = draftAfterConfig(unread, config(3, [ruleA]));
const edited: PolicyDraft = { ...read, policy: { rules: [ruleA, ruleB], aliases: {} } };

describe('a draft that nobody edited', () => {
  test('is what is in force', () => {
    expect(read).toMatchObject({ base: { version: 3 }, policy: { rules: [ruleA] } });
    expect(isEdited(read)).toBe(false);
  });

  test('follows what is saved elsewhere', () => {
    const next = draftAfterConfig(read, config(4, [ruleB]));
    expect(next).toMatchObject({ base: { version: 4 }, policy: { rules: [ruleB] }, overtaken: null });
  });

  test('keeps its own objects when only something else was saved, so that no sentence is asked for again', () => {
    const next = draftAfterConfig(read, config(4, [{ ...ruleA }], { providers: [] }));
    expect(next.policy).toBe(read.policy);
    expect(next.base?.version).toBe(4);
  });
});

describe('a draft that somebody edited', () => {
  test('stays, and goes on from the newer version when only something else was saved', () => {
    const next = draftAfterConfig(edited, config(4, [ruleA], { providers: [] }));
    expect(next).toMatchObject({ policy: edited.policy, base: { version: 4 }, overtaken: null });
    expect(isEdited(next)).toBe(true);
  });

  test('stays beside what was saved elsewhere when that changed the rules', () => {
    const next = draftAfterConfig(edited, config(4, [ruleB]));
    expect(next).toMatchObject({
      policy: edited.policy,
      base: { version: 3 },
      overtaken: { version: 4, policy: { rules: [ruleB] } },
    });
  });

  test('is not overtaken by being applied, nor by somebody who saved the same', () => {
    const next = draftAfterConfig(edited, config(4, [{ ...ruleA }, { ...ruleB }]));
    expect(next).toMatchObject({ base: { version: 4 }, overtaken: null });
    expect(isEdited(next)).toBe(false);
  });

  test('is no longer overtaken when the others went back', () => {
    const overtaken = draftAfterConfig(edited, config(4, [ruleB]));
    expect(draftAfterConfig(overtaken, config(5, [ruleA]))).toMatchObject({ base: { version: 5 }, overtaken: null });
  });

  test('counts as edited while its text cannot be read, and is not lost to a newer config', () => {
    const broken: PolicyDraft = { ...read, broken: { text: '{ "rules": [', message: 'no', offset: 0 } };
    expect(isEdited(broken)).toBe(true);
    expect(draftAfterConfig(broken, config(4, [ruleB]))).toMatchObject({ broken: broken.broken, overtaken: { version: 4 } });
  });
});

describe('a draft that was discarded', () => {
  test('comes back whole, with its document as it was written', () => {
    usePolicyDraft.setState(read);
    writePolicy('{"rules":\n[{"name":"b","use":"y"}]}');
    const written = usePolicyDraft.getState();
    discardDraft();
    expect(isEdited(usePolicyDraft.getState())).toBe(false);
    undoRemoval();
    expect(usePolicyDraft.getState()).toEqual(written);
  });

  test('does not come back over what was typed since', () => {
    usePolicyDraft.setState(edited);
    discardDraft();
    editPolicy((policy) => ({ ...policy, rules: [] }));
    undoRemoval();
    expect(usePolicyDraft.getState().policy.rules).toEqual([]);
  });
});
