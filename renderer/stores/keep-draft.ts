/** Keeps the draft of the rules over a reload of the page, for as long as its tab is open. */
import { useGateway } from './gateway.ts';
import { isObject } from './json-value.ts';
import { type PolicyDocument, readPolicy } from './policy-document.ts';
import { draftAfterConfig, isEdited, type PolicyDraft, usePolicyDraft } from './policy-draft.ts';

const place = 'gatehouse.policy-draft';

function policyFrom(value: unknown): PolicyDocument | null {
  const read = readPolicy(JSON.stringify(value ?? null));
  return read.ok ? read.policy : null;
}

/** @returns null for a text that holds no draft: nothing is brought back then */
export function readDraft(text: string): PolicyDraft | null {
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(kept) || !isObject(kept.base) || typeof kept.base.version !== 'number') return null;
  const base = policyFrom(kept.base.policy);
  const policy = policyFrom(kept.policy);
  if (!base || !policy) return null;
  const read = typeof kept.broken === 'string' ? readPolicy(kept.broken) : null;
  return {
    base: { version: kept.base.version, policy: base },
    policy,
    written: typeof kept.written === 'string' ? { text: kept.written, policy } : null,
    broken: typeof kept.broken === 'string' && read && !read.ok ? { text: kept.broken, ...read.problem } : null,
    overtaken: null,
    removed: null,
  };
}

export function writeDraft({ base, policy, written, broken }: PolicyDraft): string {
  const text = written?.policy === policy ? written.text : undefined;
  return JSON.stringify({ base, policy, written: text, broken: broken?.text });
}

/** Brings back what the page had before it was loaded anew, and keeps every edit from now on. */
export function keepDraftOverReload(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): void {
  const kept = readDraft(storage.getItem(place) ?? '');
  const { config } = useGateway.getState();
  if (kept) usePolicyDraft.setState(config ? draftAfterConfig(kept, config) : kept);
  usePolicyDraft.subscribe((draft) => {
    if (!isEdited(draft)) storage.removeItem(place);
    else {
      try {
        storage.setItem(place, writeDraft(draft));
      } catch {
        // A storage that is full or forbidden: the draft lives as long as the page.
      }
    }
  });
}
