/** Holds a reload of the page to losing nothing that was typed, and to bringing nothing back that cannot be read. */
import { describe, expect, test } from 'vitest';
import { readDraft, writeDraft } from '../../../../renderer/stores/keep-draft.ts';
import { draftAfterConfig, isEdited, type PolicyDraft } from '../../../../renderer/stores/policy-draft.ts';

const policy = { rules: [{ name: 'a', use: 'x' }], aliases: {} };
const edited: PolicyDraft = {
  base: { version: 3, policy: { rules: [], aliases: {} } },
  policy,
  written: { text: '{"rules": [{"name":"a",\n"use":"x"}]}', policy },
  broken: null,
  overtaken: null,
  removed: null,
};

describe('a draft that the page kept', () => {
  test('comes back as it was, with the spaces of its document', () => {
    expect(readDraft(writeDraft(edited))).toEqual(edited);
  });

  test('comes back where its document cannot be read yet', () => {
    const broken = readDraft(writeDraft({ ...edited, broken: { text: '{"rules": [', message: '', offset: null } }));
    expect(broken?.broken).toMatchObject({ text: '{"rules": [', message: expect.stringContaining('not valid JSON') });
  });

  test('shows what was brought into force meanwhile, instead of hiding it', () => {
    const kept = readDraft(writeDraft(edited));
    const document = { version: 1, policy: { rules: [{ name: 'b', use: 'y' }] } };
    const now = kept && draftAfterConfig(kept, { version: 5, document });
    expect(now).toMatchObject({ policy, overtaken: { version: 5 } });
    expect(now && isEdited(now)).toBe(true);
  });

  test.each([
    '',
    'no json',
    '[]',
    '{"base":{"version":"3"}}',
    '{"base":{"version":3,"policy":{"rules":1}},"policy":{"rules":[]}}',
  ])('is none where the text is %j', (text) => {
    expect(readDraft(text)).toBe(null);
  });
});
