/** Does a model run on this machine, so that a request pinned to it may go there? */
import type { PolicyProvider } from '../question.ts';

/**
 * How Ollama names the models that run with its maker: `gpt-oss:120b-cloud`, `kimi-k2:cloud`. It takes them in any case and with
 * spaces around the word, and by whichever of its formats it is asked: the kind of a provider tells nothing.
 */
const cloudModel = /[-:]\W*cloud\W*$/i;

/** Is it, by its name, run by Ollama's maker, whatever server is asked for it? */
export function isCloudModel(model: string): boolean {
  return cloudModel.test(model);
}

/** `null`: there is no such provider, which is nowhere near. */
export function isLocalTarget(provider: PolicyProvider | null, model: string): boolean {
  if (provider === null || !provider.local) return false;
  return !isCloudModel(model);
}
